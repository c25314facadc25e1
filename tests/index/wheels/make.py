"""Creates the wheels in this folder; Python's zipfile is the oracle of tests/index/metadata.rs."""

import io
import pathlib
import zipfile

HERE = pathlib.Path(__file__).parent
METADATA = "Metadata-Version: 2.1\nName: x\nVersion: 1.0\nRequires-Dist: y\n"
NAME = "x-1.0.dist-info/METADATA"


def archive(comment=b"", zip64=False, target=None):
    target = target if target is not None else io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as wheel:
        info = zipfile.ZipInfo("x/__init__.py", (2020, 1, 1, 0, 0, 0))
        wheel.writestr(info, "")
        info = zipfile.ZipInfo(NAME, (2020, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        with wheel.open(info, "w", force_zip64=zip64) as entry:
            entry.write(METADATA.encode())
        wheel.comment = comment
    return target


class Unseekable(io.RawIOBase):
    """Makes zipfile write data descriptors, as for a pipe."""

    def __init__(self):
        self.data = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.data += data
        return len(data)


(HERE / "comment.whl").write_bytes(archive(b"a comment behind the end record " * 900).getvalue())
(HERE / "prefixed.whl").write_bytes(b"#!/bin/sh\nexit\n" + archive().getvalue())
(HERE / "streamed.whl").write_bytes(bytes(archive(target=Unseekable()).data))

limit = zipfile.ZIP_FILECOUNT_LIMIT
zipfile.ZIP_FILECOUNT_LIMIT = 0
zipfile.ZIP64_LIMIT = 10
(HERE / "zip64.whl").write_bytes(archive(zip64=True).getvalue())
zipfile.ZIP_FILECOUNT_LIMIT = limit
