#ifndef BLAS_REPAIR_H
#define BLAS_REPAIR_H

/// What OpenBLAS says about itself, and the repair of a wrongly chosen core. OpenBLAS's own
/// functions are looked up at run time, so that everything also links and runs, as "nothing known,
/// nothing to do", with another BLAS.

/// The name of the processor core whose kernels OpenBLAS runs, or NULL when it does not say.
const char *blas_core_name(void);

/// OpenBLAS's version and build options, or NULL when it does not say.
const char *blas_configuration(void);

/// The number of threads that one BLAS call may use, or 0 when BLAS does not say.
int blas_thread_count(void);

/// Sets the number of threads of one BLAS call, for the whole process. Returns 0 when it cannot.
int blas_set_thread_count(int count);

/// The instruction sets that a core's kernels are written for, ascending; 0 for a core that this
/// list does not know: 1 SSE, 2 AVX, 3 AVX2 with FMA, 4 AVX-512.
int blas_core_level(const char *core);

/// The core with the best kernels that this processor runs, or NULL when no choice can be
/// made: on other architectures and other operating systems.
const char *blas_supported_core(void);

/// Makes OpenBLAS run the kernels of another core; returns 1 when it now does, 0 when it cannot be
/// told to (and nothing was changed), -1 when it chose otherwise (the core it ran before is put
/// back). No other thread may be inside BLAS or read the environment meanwhile.
int blas_switch_core(const char *core);

/// The value of the environment variable that names the core to run, or NULL when it is not set.
const char *blas_core_setting(void);

/// The file that provides a function, with symbolic links resolved; the caller gives it back to
/// blas_free_text. NULL when no loaded file has it.
char *blas_symbol_file(const char *symbol);

/// Frees a text that the caller owns.
void blas_free_text(char *text);

/// Loads the BLAS that only this library calls, once, where it was linked with one (Scripts/private-blas).
/// Returns NULL, or why there is none; the text stays the callee's.
const char *blas_load_private(void);

/// Whether there is such a BLAS, and a function of it by the name that other BLAS have; NULL for none.
int blas_is_private(void);
void *blas_private_symbol(const char *name);

#endif
