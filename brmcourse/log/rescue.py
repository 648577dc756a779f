"""Rows of a damaged SQLite file: whatever its pages still hold, without SQLite's own reader.

SQLite walks down from the root of a table and stops at the first page it cannot read. Here every
page is looked at by itself, and every row in it by itself, so that a bad page or row costs no
other. The format is described at https://sqlite.org/fileformat2.html; the sections named below
are those of that page.
"""

import struct
from collections.abc import Collection, Iterator
from io import SEEK_END, BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

Value = str | bytes | int | float | None
"""What a column holds. Text that is not UTF-8 comes as the bytes that stand there."""

Row = tuple[int, tuple[Value, ...]]
"""The rowid, and the columns in the order of the table."""

_LARGEST_PAGE = 65536
_PAGE_SIZES = (4096, 1024, 2048, 8192, 16384, 32768, _LARGEST_PAGE, 512)  # the usual one first
_DATABASE_HEADER = 100
_TABLE_LEAF = b"\x0d"
_LEAF_HEADER = 8
_POINTER = 4  # to an overflow page: its number
_WAL_HEADER = 32
_WAL_MAGIC = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
_FRAME_HEADER = 24
_SAMPLE = 4_000_000  # bytes that are enough to tell which page size is right

_LONGEST_VARINT = 9
_WIDTHS = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)  # bytes in a record, by serial type
_FLOAT = 7
_ZERO, _ONE = 8, 9  # the value is in the serial type, and takes no bytes
_FIRST_BLOB = 12  # from here on even types are blobs and odd ones texts, each longer by a byte


class _UnreadableError(Exception):
    """What stands here is no row."""


class _Layout(NamedTuple):
    """How a file is cut into pages, and how much of a row its own page keeps."""

    page_size: int
    reserved: int = 0
    """Bytes at the end of each page that SQLite leaves alone."""

    @property
    def usable(self) -> int:
        return self.page_size - self.reserved

    @property
    def overflow(self) -> int:
        """Bytes of a row that an overflow page holds, behind the number of the next one."""
        return self.usable - _POINTER

    def kept(self, size: int) -> int:
        """Bytes of a row of this size in its own page ("Cell Payload Overflow Pages")."""
        most = self.usable - 35
        if size <= most:
            return size
        least = (self.usable - 12) * 32 // 255 - 23
        without_gap = least + (size - least) % self.overflow  # so that the last page is full
        return without_gap if without_gap <= most else least


class _Page(NamedTuple):
    """One state of one page."""

    number: int
    data: bytes
    """Shorter than a page where the file ends early."""
    in_wal: bool


class _Pages:
    """All pages of a database and of its -wal file, if they are laid out in this way."""

    def __init__(self, database: BinaryIO, wal: BinaryIO, layout: _Layout) -> None:
        self.layout = layout
        self._database = database
        self._wal = wal
        self._frames = list(_frames(wal, layout.page_size))
        self._newest = dict(self._frames)

    def all(self, stride: int) -> Iterator[_Page]:
        """Yield every page, or one of `stride` pages; those that were written last come first."""
        for number, offset in self._frames[::-stride]:
            yield _Page(number, _read(self._wal, offset, self.layout.page_size), in_wal=True)
        count = -(-_size(self._database) // self.layout.page_size)
        for number in range(1, count + 1, stride):
            yield _Page(number, self._from_database(number), in_wal=False)

    def neighbour(self, page: _Page, number: int) -> bytes:
        """Return the page that `page` calls `number`, from its own file if it is there."""
        if page.in_wal:
            return self._from_wal(number) or self._from_database(number)
        return self._from_database(number) or self._from_wal(number)

    def _from_database(self, number: int) -> bytes:
        if number == 0:  # pages count from 1; 0 stands for "none"
            return b""
        size = self.layout.page_size
        return _read(self._database, (number - 1) * size, size)

    def _from_wal(self, number: int) -> bytes:
        if number not in self._newest:
            return b""
        return _read(self._wal, self._newest[number], self.layout.page_size)


def readable_rows(path: Path, column_counts: Collection[int]) -> Iterator[Row]:
    """Yield (rowid, columns) of each table row that any page of a damaged database still holds.

    Rows of all tables come, from the file and from the -wal file beside it, as far as their
    number of columns is in `column_counts`. A column declared INTEGER PRIMARY KEY comes as None:
    its value is the rowid.

    Rows are in no order. One may come several times, the state written last first, and one that
    was deleted or never committed may come too. What a row holds is not vouched for, as a bad
    byte within a text is still a text: the caller checks it, and then tells rows by an id.

    Nothing is raised, whatever the file holds; one that cannot be opened has no rows.
    """
    wal_path = path.with_name(path.name + "-wal")
    with _opened(path) as database, _opened(wal_path) as wal:
        pages = _best_pages(database, wal, column_counts)
        yield from _rows(pages, column_counts)


# Files. They are read page by page, not mapped into memory: a bad sector is then an OSError, and
# costs one page; in a mapped file it ends the process.


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError:
        return BytesIO()


def _size(file: BinaryIO) -> int:
    return file.seek(0, SEEK_END)


def _read(file: BinaryIO, offset: int, size: int) -> bytes:
    """Return the bytes that stand there: fewer at the end of the file, none on a bad sector."""
    try:
        file.seek(offset)
        return file.read(size)
    except OSError:
        return b""


# Pages.


def _best_pages(database: BinaryIO, wal: BinaryIO, column_counts: Collection[int]) -> _Pages:
    """Return the pages in the layout that gives most rows; of equal ones, the most likely."""
    # Odd, as with an even stride a page size that is too small by half would only ever look where
    # pages do begin.
    stride = 1 + 2 * ((_size(database) + _size(wal)) // _SAMPLE)
    layouts = dict.fromkeys(_layouts(database, wal))  # each once, in their order
    candidates = [_Pages(database, wal, layout) for layout in layouts]
    return max(candidates, key=lambda pages: sum(1 for _ in _rows(pages, column_counts, stride)))


def _layouts(database: BinaryIO, wal: BinaryIO) -> Iterator[_Layout]:
    """Yield what the headers say, if it can be, and then every layout without reserved bytes."""
    header = _read(database, 0, _DATABASE_HEADER).ljust(_DATABASE_HEADER, b"\0")
    size, reserved = _integer(header[16:18]), header[20]
    if size == 1:  # two bytes cannot hold 65536
        size = _LARGEST_PAGE
    for claimed in (size, _integer(_read(wal, 8, 4))):
        if claimed in _PAGE_SIZES:
            yield _Layout(claimed, reserved)
    yield from map(_Layout, _PAGE_SIZES)


def _frames(wal: BinaryIO, page_size: int) -> Iterator[tuple[int, int]]:
    """Yield (page number, offset of the page) of the frames in a -wal file, in their order.

    A -wal file is used again from its start without being emptied: behind the new frames there
    are old ones, which bear another salt than the header ("The Write-Ahead Log").
    """
    header = _read(wal, 0, _WAL_HEADER)
    salt = header[16:24]
    if header[:4] not in _WAL_MAGIC:  # the header is damaged: the first frame bears the salt too
        salt = _read(wal, _WAL_HEADER + 8, 8)
    for start in range(_WAL_HEADER, _size(wal), _FRAME_HEADER + page_size):
        frame = _read(wal, start, _FRAME_HEADER)
        if frame[8:16] == salt:
            yield _integer(frame[:4]), start + _FRAME_HEADER


# Rows.


def _rows(pages: _Pages, column_counts: Collection[int], stride: int = 1) -> Iterator[Row]:
    for page in pages.all(stride):
        for start in _cells(page):
            try:
                yield _row(pages, page, start, column_counts)
            except (_UnreadableError, IndexError):  # IndexError: it goes on behind the page's end
                continue


def _cells(page: _Page) -> list[int]:
    """Return where the rows of a page begin, none if it is no table leaf ("B-tree Pages")."""
    header = _DATABASE_HEADER if page.number == 1 else 0
    if page.data[header : header + 1] != _TABLE_LEAF:
        return []
    count = _integer(page.data[header + 3 : header + 5])
    first = header + _LEAF_HEADER
    end = min(first + 2 * count, len(page.data))
    starts = [_integer(page.data[place : place + 2]) for place in range(first, end, 2)]
    return list(dict.fromkeys(starts))  # in a bad page many may point to the same place


def _row(pages: _Pages, page: _Page, start: int, column_counts: Collection[int]) -> Row:
    """Return the row that begins at this place of a page: its size, its rowid, its record."""
    size, place = _varint(page.data, start)
    rowid, place = _varint(page.data, place)
    kept = pages.layout.kept(size)
    record = page.data[place : place + kept]
    # Before overflow pages are followed, so that bytes that are no row cost no time. The header of
    # a record is at its start, and with a few dozen columns always within what the page keeps.
    serial_types = _serial_types(record, size, most=max(column_counts, default=0))
    if len(record) < kept or len(serial_types) not in column_counts:
        raise _UnreadableError
    if kept < size:
        end = place + kept
        pointer = page.data[end : end + _POINTER]
        record += _overflow(pages, page, pointer, size - kept)
    return _signed(rowid), _columns(record, serial_types)


def _overflow(pages: _Pages, page: _Page, pointer: bytes, missing: int) -> bytes:
    """Return the rest of a row of `page`: each overflow page begins with the number of the next."""
    parts = []
    seen = set()
    while missing:
        if len(pointer) < _POINTER or pointer in seen:
            raise _UnreadableError
        seen.add(pointer)
        data = pages.neighbour(page, _integer(pointer))
        expected = min(missing, pages.layout.overflow)
        pointer, part = data[:_POINTER], data[_POINTER : _POINTER + expected]
        if len(part) < expected:
            raise _UnreadableError
        parts.append(part)
        missing -= expected
    return b"".join(parts)


# Records ("Record Format").


def _serial_types(record: bytes, size: int, most: int) -> list[int]:
    """Return the type of each column, if a record of this size with at most so many begins here."""
    header_size, place = _varint(record, 0)
    if header_size > _LONGEST_VARINT * (1 + most):
        raise _UnreadableError
    expected = header_size
    serial_types = []
    while place < header_size:
        serial_type, place = _varint(record, place)
        serial_types.append(serial_type)
        expected += _width(serial_type)
    if place != header_size or expected != size:
        raise _UnreadableError
    return serial_types


def _columns(record: bytes, serial_types: list[int]) -> tuple[Value, ...]:
    columns = []
    start, _ = _varint(record, 0)
    for serial_type in serial_types:
        end = start + _width(serial_type)
        columns.append(_value(serial_type, record[start:end]))
        start = end
    return tuple(columns)


def _width(serial_type: int) -> int:
    if serial_type >= _FIRST_BLOB:
        return (serial_type - _FIRST_BLOB) // 2
    return _WIDTHS[serial_type]  # an IndexError for 10 and 11, which no file has


def _value(serial_type: int, data: bytes) -> Value:
    if serial_type == 0:
        return None
    if serial_type in {_ZERO, _ONE}:
        return serial_type - _ZERO
    if serial_type == _FLOAT:
        (number,) = struct.unpack(">d", data)
        return float(number)
    if serial_type < _FLOAT:
        return int.from_bytes(data, "big", signed=True)
    return data if serial_type % 2 == 0 else _text(data)


def _text(data: bytes) -> str | bytes:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data


# Numbers. All of them are big-endian.


def _integer(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _signed(number: int) -> int:
    """Return the number that these 64 bits are in two's complement."""
    return number - 2**64 if number >= 2**63 else number


def _varint(data: bytes, start: int) -> tuple[int, int]:
    """Return a number of one to nine bytes, and where it ends.

    Each byte gives seven bits, and its highest bit says that another one follows; the ninth gives
    all eight.

    Raises IndexError if it goes on behind the end of `data`.
    """
    number = 0
    for place in range(start, start + 8):
        byte = data[place]
        number = number << 7 | byte & 0x7F
        if byte < 0x80:  # noqa: PLR2004 -- the highest bit
            return number, place + 1
    return number << 8 | data[start + 8], start + 9
