// The structures of the interface for other languages; supportvectors.h has its functions.
#ifndef SUPPORTVECTORS_TYPES_H
#define SUPPORTVECTORS_TYPES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A matrix in the caller's memory, one example in each row. It is read during the call only.
typedef struct sv_matrix {
  int64_t row_count;
  int64_t column_count;
  /// Bytes of a value: 8 of a double, 4 of a float.
  int32_t value_size;
  /// 0 for a dense matrix, 1 for compressed sparse rows.
  int32_t is_sparse;
  const void *values;
  /// Dense: values from one row to the next and from one column to the next; may be negative or 0.
  int64_t row_stride;
  int64_t column_stride;
  /// Sparse: row_count + 1 offsets, and the column of each value, ascending within a row, in integers of
  /// index_size bytes (4 or 8).
  const void *row_offsets;
  const void *column_indices;
  int32_t index_size;
} sv_matrix;

/// Examples to train on; all arrays have a number for each row.
typedef struct sv_examples {
  sv_matrix features;
  /// Of a classification: the place of each row's class among those that the options name; else NULL.
  const int64_t *codes;
  /// Of a regression: the numbers to predict; else NULL.
  const double *numbers;
  /// What each row counts, at least 0; NULL when all count alike.
  const double *weights;
} sv_examples;

/// A column of a table, of numbers or of texts.
typedef struct sv_column {
  const char *name;
  /// A number for each row, NaN where it is missing; NULL for a column of texts.
  const double *numbers;
  /// The texts' UTF-8 bytes one after the other, and row_count + 1 offsets into them.
  const char *texts;
  const int64_t *offsets;
  /// Of texts: 1 for each row whose text is missing; NULL when none is.
  const uint8_t *is_missing;
} sv_column;

/// A table in the caller's memory. It is read during the call only.
typedef struct sv_table {
  int64_t row_count;
  int64_t column_count;
  const sv_column *columns;
} sv_table;

enum { SV_DOUBLE = 0, SV_INT64 = 1, SV_BYTE = 2 };  // sv_array.kind

/// An array that the library made; its data is given back to sv_free.
typedef struct sv_array {
  void *data;
  int32_t kind;
  /// 1 or 2; shape[1] is 1 for an array of one dimension.
  int32_t dimension_count;
  int64_t shape[2];
} sv_array;

/// How kernel values are computed.
typedef struct sv_map_options {
  /// JSON, as in a configuration; its parameters are numbers.
  const char *kernel;
  /// N, a matrix of landmarks x landmarks of which row i makes value i of N k(x), or NULL for k(x).
  const double *normalization;
  /// 0 for one on each core.
  int32_t threads;
} sv_map_options;

/// malloc and free, which callers in any language have.
void *sv_allocate(size_t size);
void sv_free(void *memory);

#ifdef __cplusplus
}
#endif

#endif
