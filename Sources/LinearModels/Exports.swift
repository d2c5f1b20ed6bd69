@_exported import Learning
