// The structures of LIBSVM's interface, in the layout that compiled programs expect.
//
// Two layouts of svm_model exist under one name. Up to version 3.25, and in Debian's and Ubuntu's
// libsvm.so.3, the members after probB are
//     sv_indices, label, nSV, free_sv                        (184 bytes in all)
// and from version 3.30 on
//     prob_density_marks, sv_indices, label, nSV, free_sv    (192 bytes)
// `libsvm_layout` says which one a build has: it is 324 or 337, and is defined once for each library. Programs see
// the same number as `libsvm_version`, which another library in their process may provide instead.
#ifndef LIBSVM_TYPES_H
#define LIBSVM_TYPES_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const int libsvm_layout;

/// A stored feature; a row ends with an index of -1. Indices ascend.
struct svm_node {
  int index;
  double value;
};

/// `l` rows `x` with labels or targets `y`.
struct svm_problem {
  int l;
  double *y;
  struct svm_node **x;
};

enum { C_SVC, NU_SVC, ONE_CLASS, EPSILON_SVR, NU_SVR };      // svm_type
enum { LINEAR, POLY, RBF, SIGMOID, PRECOMPUTED };            // kernel_type

struct svm_parameter {
  int svm_type;
  int kernel_type;
  int degree;            // of POLY
  double gamma;          // of POLY, RBF and SIGMOID
  double coef0;          // of POLY and SIGMOID
  double cache_size;     // in MB
  double eps;            // the KKT violation to stop at
  double C;              // of C_SVC, EPSILON_SVR and NU_SVR
  int nr_weight;         // of C_SVC: how many classes have a factor of C
  int *weight_label;
  double *weight;
  double nu;             // of NU_SVC, ONE_CLASS and NU_SVR
  double p;              // of EPSILON_SVR: half the width of the tube
  int shrinking;
  int probability;
};

/// A model; the members that both layouts share, then those whose places differ.
struct svm_model {
  struct svm_parameter param;
  int nr_class;          // 2 for regression and one-class
  int l;                 // the number of support vectors
  struct svm_node **SV;
  double **sv_coef;      // [nr_class - 1][l]
  double *rho;           // one for each pair of classes
  double *probA;
  double *probB;
  void *rest[5];
};

#ifdef __cplusplus
}
#endif

// Access to the members whose places differ.

static inline int libsvm_has_marks(void) { return libsvm_layout >= 330; }

/// prob_density_marks, or NULL in the layout that has none.
static inline double **libsvm_marks(struct svm_model *model) {
  return libsvm_has_marks() ? (double **)&model->rest[0] : 0;
}

static inline int **libsvm_indices(struct svm_model *model) {
  return (int **)&model->rest[libsvm_has_marks()];
}

static inline int **libsvm_labels(struct svm_model *model) {
  return (int **)&model->rest[1 + libsvm_has_marks()];
}

static inline int **libsvm_counts(struct svm_model *model) {
  return (int **)&model->rest[2 + libsvm_has_marks()];
}

static inline int *libsvm_owns_rows(struct svm_model *model) {
  return (int *)&model->rest[3 + libsvm_has_marks()];
}

/// The bytes of the layout.
static inline unsigned long libsvm_model_size(void) { return libsvm_has_marks() ? 192 : 184; }

// What Swift cannot say portably.

/// Loads the BLAS that this library brought along; a build on the system's BLAS, which belongs to the host, changes
/// nothing. Returns 0, with the reason on standard error, where it cannot be loaded.
int libsvm_prepare_blas(void);

/// Writes a number as printf's "%.*g" does in the C locale, whatever the host's locale is.
///
/// buffer: at least 32 characters. Returns the number of characters.
int libsvm_format(char *buffer, int digits, double value);

/// Writes a number as printf's "%f" does in the C locale; buffer: at least 330 characters.
int libsvm_format_fixed(char *buffer, double value);

/// Chooses where lines go; NULL is standard output.
void libsvm_set_printer(void (*function)(const char *));

/// Prints a line that programs around LIBSVM read.
void libsvm_print(const char *text);

/// Writes a warning to standard error.
void libsvm_warn(const char *text);

/// The next of the host's random numbers, by C's rand().
int libsvm_random(void);

/// Begins the sequence that a program which never calls srand() gets; for programs, not for libraries.
void libsvm_restart_random(void);

/// C's malloc and free, which hosts free and allocate with.
void *libsvm_allocate(size_t size);
void libsvm_free(void *memory);

/// Writes a file; returns 0, or -1 where it cannot be written.
int libsvm_write_file(const char *path, const unsigned char *bytes, size_t count);

/// Reads a whole file; the caller frees it. NULL where it cannot be read.
unsigned char *libsvm_read_file(const char *path, size_t *count);

/// The number of threads that the environment variable OMP_NUM_THREADS allows, 0 where it says nothing.
int libsvm_thread_limit(void);

/// Reads a number as strtod does in the C locale.
double libsvm_parse(const char *text, char **end);

#endif
