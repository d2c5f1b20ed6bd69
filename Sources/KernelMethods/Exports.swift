@_exported import SupportVectors
