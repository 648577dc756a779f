# Writes what R and its package psych say about public data; tests/test_cohort_peers.py compares ours.
#
#     apt-get install r-cran-psych r-cran-gparotation
#     Rscript tests/peers/psych.R > tests/peers/psych.json
#
# lsat6: 1,000 people and 5 items of 0 and 1 (Bock & Lieberman 1970), counted by pattern of answers.
# bfi: five scales of 5 items by 2,800 people from the SAPA project (Revelle, Wilt & Rosenthal 2010),
# of which only the covariances of the complete rows are kept: alpha, its interval, the correlation
# with the rest and omega follow from them and from the number of people.
suppressPackageStartupMessages(library(psych))

number <- function(x) paste(ifelse(is.na(x), "null", format(x, digits = 15, trim = TRUE)), collapse = ", ")
list_of <- function(x) paste0("[", number(as.vector(x)), "]")
text <- function(x) paste0('"', x, '"')
object <- function(...) {
  parts <- c(...)
  paste0("{", paste(paste0(text(names(parts)), ": ", parts), collapse = ", "), "}")
}

described <- function(items, reversed = c()) {
  items <- items[complete.cases(items), ]
  for (item in reversed) items[[item]] <- 7 - items[[item]]
  found <- suppressWarnings(alpha(items, check.keys = FALSE))
  interval <- alpha.ci(found$total$raw_alpha, n.obs = nrow(items), n.var = ncol(items), digits = 15)
  covariances <- cov(items)
  spread <- sqrt(diag(covariances))
  one <- factanal(covmat = covariances, factors = 1, n.obs = nrow(items),
                  control = list(opt = list(factr = 1)))
  by_psych <- fa(cov2cor(covariances), nfactors = 1, fm = "ml", n.obs = nrow(items))
  loadings <- as.vector(one$loadings) * spread
  common <- sum(loadings)^2
  omega_of_three <- suppressWarnings(suppressMessages(
    tryCatch(omega(items, nfactors = 3, plot = FALSE)$omega.tot, error = function(e) NA)))
  object(
    n = nrow(items),
    covariances = list_of(covariances),
    alpha = number(found$total$raw_alpha),
    alpha_low = number(interval$lower.ci), alpha_high = number(interval$upper.ci),
    item_rest_r = list_of(found$item.stats$r.drop),
    item_total_r = list_of(found$item.stats$raw.r),
    alpha_if_dropped = list_of(found$alpha.drop$raw_alpha),
    sd = list_of(found$item.stats$sd), mean = list_of(found$item.stats$mean),
    loadings = list_of(one$loadings),
    loadings_psych = list_of(by_psych$loadings),
    omega_one_factor = number(common / (common + sum(one$uniquenesses * spread^2))),
    omega_total_of_three_factors = number(omega_of_three))
}

# The middle 95 % of omega in samples of people drawn with replacement, by factanal.
bootstrapped <- function(items, times = 2000) {
  set.seed(1)
  omegas <- replicate(times, {
    covariances <- cov(items[sample(nrow(items), replace = TRUE), ])
    spread <- sqrt(diag(covariances))
    one <- factanal(covmat = covariances, factors = 1)
    common <- sum(one$loadings * spread)^2
    common / (common + sum(one$uniquenesses * spread^2))
  })
  list_of(quantile(omegas, c(0.025, 0.975)))
}

patterns <- aggregate(list(people = rep(1, nrow(lsat6))), as.data.frame(lsat6), sum)
rows <- apply(patterns, 1, list_of)
versions <- object(R = text(paste(R.version$major, R.version$minor, sep = ".")),
                   psych = text(as.character(packageVersion("psych"))))
data <- c(versions = versions,
          lsat6_patterns = paste0("[", paste(rows, collapse = ", "), "]"),
          lsat6 = described(as.data.frame(lsat6)),
          lsat6_omega_interval = bootstrapped(as.data.frame(lsat6)))
scales <- list(A = c("A1"), C = c("C4", "C5"), E = c("E1", "E2"), N = c(), O = c("O2", "O5"))
for (scale in names(scales)) {
  data[[paste0("bfi_", scale)]] <- described(bfi[paste0(scale, 1:5)], scales[[scale]])
}
cat("{\n", paste0('"', names(data), '": ', unlist(data), collapse = ",\n"), "\n}\n", sep = "")
