"""Workbooks made in memory: XLSX, ODS and XLS, from sheet names and rows of cells."""

import io
import struct
import zipfile

import xlsxwriter


def xlsx(sheets, hidden=()):
    """An XLSX workbook; cells that are None stay empty."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                if value is not None:
                    sheet.write(i, j, value)
        if name in hidden:
            sheet.hide()
    for sheet in book.worksheets():
        if sheet.get_name() not in hidden:
            sheet.activate()
            sheet.set_first_sheet()
            break
    book.close()
    return buffer.getvalue()


def ods(sheets):
    """An OpenDocument spreadsheet with every cell as text."""
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    tables = "".join(
        f'<table:table table:name="{name}">' + "".join(_ods_row(row) for row in rows) + "</table:table>"
        for name, rows in sheets.items()
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>{tables}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
        package.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return buffer.getvalue()


def _ods_row(row):
    cells = "".join(
        "<table:table-cell/>"
        if cell is None
        else f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        for cell in row
    )
    return f"<table:table-row>{cells}</table:table-row>"


def xls(sheets):
    """An XLS workbook (BIFF8 in a compound file) with numbers and Latin text, up to 60 kB."""
    streams = [_xls_sheet(rows) for rows in sheets.values()]
    place = len(_bof(0x05)) + sum(12 + len(name) for name in sheets) + len(_record(0x0A))
    book = _bof(0x05)
    for name, stream in zip(sheets, streams, strict=True):
        book += _record(0x85, struct.pack("<IBBBB", place, 0, 0, len(name), 0) + name.encode("latin-1"))
        place += len(stream)
    return _compound(book + _record(0x0A) + b"".join(streams))


def _record(number, data=b""):
    return struct.pack("<HH", number, len(data)) + data


def _bof(kind):
    return _record(0x809, struct.pack("<HHHHII", 0x600, kind, 0x0DBB, 0x07CC, 0, 6))


def _xls_sheet(rows):
    cells = b""
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            if isinstance(value, str):
                text = value.encode("latin-1")
                cells += _record(0x204, struct.pack("<HHHHB", i, j, 0, len(text), 0) + text)
            elif value is not None:
                cells += _record(0x203, struct.pack("<HHHd", i, j, 0, value))
    return _bof(0x10) + cells + _record(0x0A)


def _compound(stream):
    """A compound file that holds one stream: sector 0 is the FAT, 1 the directory, the rest the stream."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    n = len(stream) // 512
    chain = [-3, -2, *range(3, n + 2), -2]
    assert len(chain) <= 128, "the workbook is too large for this writer"
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIiIIiIiI", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, -2, 0, -2, 0)
    header += struct.pack("<109i", 0, *[-1] * 108)
    fat = struct.pack("<128i", *chain, *[-1] * (128 - len(chain)))
    return (
        header
        + fat
        + _entry("Root Entry", 5, 1, -2, 0)
        + _entry("Workbook", 2, -1, 2, len(stream))
        + bytes(256)
        + stream
    )


def _entry(name, kind, child, start, size):
    encoded = (name + "\0").encode("utf-16-le")
    return (
        encoded.ljust(64, b"\0")
        + struct.pack("<HBBiii", len(encoded), kind, 1, -1, -1, child)
        + bytes(36)
        + struct.pack("<iQ", start, size)
    )
