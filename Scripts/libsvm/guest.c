// A program on LIBSVM's library, for memory checkers: trains, validates, predicts, saves, loads, frees.
//
// usage: guest FILE ROWS      FILE is written and read; ROWS is the number of examples
#include <stdio.h>
#include <stdlib.h>

#include "svm.h"

enum { FEATURES = 3 };

static void silent(const char *text) { (void)text; }

int main(int count, char **arguments) {
  int row_count = count == 3 ? atoi(arguments[2]) : 0;
  if (row_count <= 0) return 2;
  struct svm_node *nodes = malloc(sizeof(struct svm_node) * row_count * (FEATURES + 1));
  struct svm_node **rows = malloc(sizeof(struct svm_node *) * row_count);
  double *targets = malloc(sizeof(double) * row_count), *predictions = malloc(sizeof(double) * row_count);
  if (!nodes || !rows || !targets || !predictions) return 6;
  for (int i = 0; i < row_count; i++) {
    rows[i] = nodes + i * (FEATURES + 1);
    for (int j = 0; j < FEATURES; j++) {
      rows[i][j].index = j + 1;
      rows[i][j].value = ((i * 7 + j * 5 + i * j) % 11) / 5.0 - 1 + (j == i % 3);
    }
    rows[i][FEATURES].index = -1;
    targets[i] = i % 3;
  }
  struct svm_problem problem = {row_count, targets, rows};
  int labels[] = {1};
  double weights[] = {2};
  svm_set_print_string_function(silent);
  for (int type = 0; type < 5; type++) {
    for (int probability = 0; probability < 2; probability++) {
      struct svm_parameter parameter = {
          .svm_type = type, .kernel_type = RBF, .degree = 3, .gamma = 0.5, .cache_size = 16,
          .eps = 1e-3, .C = 1, .nr_weight = 1, .weight_label = labels, .weight = weights,
          .nu = 0.3, .p = 0.1, .shrinking = 1, .probability = probability};
      if (svm_check_parameter(&problem, &parameter)) continue;
      struct svm_model *model = svm_train(&problem, &parameter);
      // Many examples take long under a memory checker: each way is gone, but not by all of them.
      if (row_count < 100 || !probability) svm_cross_validation(&problem, &parameter, 3, predictions);
      if (svm_save_model(arguments[1], model) != 0) return 3;
      struct svm_model *loaded = svm_load_model(arguments[1]);
      if (!loaded) return 4;
      double values[3], probabilities[3];
      for (int i = 0; i < row_count; i += 1 + row_count / 100) {
        double label = svm_predict_values(model, rows[i], values);
        if (svm_predict(loaded, rows[i]) != label && type < 2) return 5;
        if (svm_check_probability_model(loaded)) svm_predict_probability(loaded, rows[i], probabilities);
      }
      svm_free_and_destroy_model(&loaded);
      svm_free_and_destroy_model(&model);
    }
  }
  free(predictions);
  free(targets);
  free(rows);
  free(nodes);
  return 0;
}
