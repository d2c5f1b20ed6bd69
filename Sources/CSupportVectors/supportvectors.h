// Support vector machines for other languages: the functions of libsupportvectors.so.
//
// Models and tokens are handles; sv_release gives one back. A function that fails returns NULL, or 0 where it
// returns an int, and leaves a text in *error that is given back to sv_free; *error is NULL otherwise. No
// function prints, exits, raises or handles a signal. Any number of threads may call any of them; a model may be
// used by several at once.
#ifndef SUPPORTVECTORS_H
#define SUPPORTVECTORS_H

#include "supportvectors_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The version of the library; not to be freed.
const char *sv_version(void);

/// Gives a model or a token back.
void sv_release(void *handle);

/// A token that stops the trainings which were given it.
void *sv_make_token(void);
/// Stops them within about 100 ms, from any thread.
void sv_cancel(void *token);

/// Trains a model on features.
///
/// `options` is a JSON object; all keys may be absent:
///   configuration  what decides the model, as `svm train --config` reads it
///   classes        the names of the classes, in their order
///   intercept      how the bias of a model in the weights of features is treated: "free" (default), "none", or a
///                  number s for a cost of (b/s)²/2
///   threads        the number of threads (one on each core)
///   memory         the ceiling in bytes for what training stores (2 GB)
///   timeLimit      seconds after which the best model so far is returned
/// `token` may be NULL.
void *sv_train(const sv_examples *examples, const char *options, void *token, char **error);

/// Trains a model on a table, as `svm train` does on a file.
void *sv_train_table(const sv_table *table, const char *options, void *token, char **error);

/// Predicts rows. `what` is
///   decision     decision values, the predicted number or quantiles, how typical a row is, or its components
///   class        the place of the predicted class among the model's
///   number       the predicted number
///   probability  the probability of each class
int sv_predict(
    void *model, const sv_matrix *features, const char *what, int threads, sv_array *result, char **error);

/// Predicts the rows of a table; NaN, and −1 for a class, where a value is missing that the model needs.
int sv_predict_table(
    void *model, const sv_table *table, const char *what, int threads, sv_array *result, char **error);

/// What there is to know of a model, as JSON text that is given back to sv_free.
char *sv_describe(void *model, char **error);

/// An array of a model: supportIndices, supportCounts, supportVectors (sparse ones as supportVectors,
/// supportVectors.offsets and supportVectors.columns), dualCoefficients, biases, weights, classWeights.
int sv_model_array(void *model, const char *name, sv_array *result, char **error);

/// A model as bytes: `model` (its file), `json` or `onnx`.
int sv_encode(void *model, const char *format, sv_array *result, char **error);

/// A model from the bytes of its file; `name` is what messages call it.
void *sv_decode(const void *bytes, int64_t count, const char *name, char **error);

/// Recomputes a model's certificates from its training data; JSON text that is given back to sv_free.
char *sv_verify(void *model, const sv_examples *examples, int threads, char **error);
/// The same for a model of a table.
char *sv_verify_table(void *model, const sv_table *table, int threads, char **error);

/// The kernels, as JSON text that is given back to sv_free: for each its `name` in configurations, further names
/// (`aliases`), scikit-learn's name where it has one, and `parameters`: for each option its name in configurations.
char *sv_kernels(char **error);

/// Kernel values of rows with landmarks, rows × landmarks, times the options' matrix if there is one.
int sv_map(
    const sv_matrix *features, const sv_matrix *landmarks, const sv_map_options *options, sv_array *result,
    char **error);

#ifdef __cplusplus
}
#endif

#endif
