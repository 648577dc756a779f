"""A text that tries everything at once."""

SAMPLE = (
    'He said: "No, it\'s <b>not</b> fine" & left.\n\n'
    "<script>window.injected = 1</script><img src=x onerror='window.injected = 1'>\n"
    "</textarea><h1>Out</h1> {{ 7 * 7 }} {% raw %} \\n \\u0041 &amp; &lt;\t"
    "👩🏽‍💻 😀 é ü ß 日本語 العربية \u2028 \u00a0 end.\n"
)
PASTED = (SAMPLE * (20_000 // len(SAMPLE) + 1))[:19_999] + "!"
"""20,000 characters."""
