// What this module's own functions throw: their callers need no further import.
@_exported import struct Learning.ModelFileError
