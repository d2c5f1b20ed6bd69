// Which of the two libraries this is: compiled with LIBSVM_VERSION, 324 or 337.

/// For programs.
int libsvm_version = LIBSVM_VERSION;

/// For this library, whatever other library provides the number for programs.
const int libsvm_layout = LIBSVM_VERSION;
