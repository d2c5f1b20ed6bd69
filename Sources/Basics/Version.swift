/// The version of this toolkit: what `svm --version` prints and model files record.
public let toolkitVersion = "0.1.0"
