/* What a training on several machines needs of MPI, on integers and bytes.
 *
 * MPI's handles are pointers in some implementations and integers in others, so that no program links two of
 * them. This file is compiled with the mpicc of the machine (`make mpi`), and opened when it is needed; no
 * type of MPI leaves it. All functions return 0, or MPI's error code; svm_mpi_error says what it means.
 */
#include <mpi.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* MPI counts in int; longer messages go in pieces. */
static const int64_t piece = INT64_C(1) << 30;
/* Up to this many bytes in all, one call gathers, so that all ranks send at a time; more go rank by rank. */
static const int64_t together = INT64_C(1) << 30;

int svm_mpi_init(int *rank, int *size) {
  int is_initialized = 0, provided = 0;
  int code = MPI_Initialized(&is_initialized);
  if (code == MPI_SUCCESS && !is_initialized) code = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
  if (code == MPI_SUCCESS) code = MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  if (code == MPI_SUCCESS) code = MPI_Comm_rank(MPI_COMM_WORLD, rank);
  if (code == MPI_SUCCESS) code = MPI_Comm_size(MPI_COMM_WORLD, size);
  return code;
}

int svm_mpi_finalize(void) { return MPI_Finalize(); }

void svm_mpi_abort(int status) { MPI_Abort(MPI_COMM_WORLD, status); }

int svm_mpi_error(int code, char *text, int room) {
  char found[MPI_MAX_ERROR_STRING + 1];
  int length = 0;
  if (MPI_Error_string(code, found, &length) != MPI_SUCCESS) return 1;
  if (length >= room) length = room - 1;
  memcpy(text, found, (size_t)length);
  text[length] = 0;
  return 0;
}

/* heads becomes the head of every rank, in their order, each of length bytes. */
int svm_mpi_all_heads(const uint8_t *head, uint8_t *heads, int length) {
  return MPI_Allgather(head, length, MPI_BYTE, heads, length, MPI_BYTE, MPI_COMM_WORLD);
}

/* targets[i] becomes the i-th number of every rank for this one. */
int svm_mpi_exchange_counts(const int64_t *counts, int64_t *received) {
  return MPI_Alltoall(counts, 1, MPI_INT64_T, received, 1, MPI_INT64_T, MPI_COMM_WORLD);
}

int svm_mpi_broadcast(uint8_t *bytes, int64_t count, int root) {
  for (int64_t first = 0; first < count; first += piece) {
    int64_t length = count - first < piece ? count - first : piece;
    int code = MPI_Bcast(bytes + first, (int)length, MPI_BYTE, root, MPI_COMM_WORLD);
    if (code != MPI_SUCCESS) return code;
  }
  return MPI_SUCCESS;
}

/* all has room for the bytes of all ranks, one after the other; counts has the number of each. */
int svm_mpi_all_gather(const uint8_t *bytes, uint8_t *all, const int64_t *counts) {
  int rank, size;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  int64_t total = 0;
  for (int i = 0; i < size; i++) total += counts[i];
  if (total <= together) {
    int *lengths = malloc(2 * sizeof(int) * (size_t)size);
    if (!lengths) return MPI_ERR_NO_MEM;
    int *places = lengths + size;
    for (int i = 0, place = 0; i < size; i++) {
      lengths[i] = (int)counts[i];
      places[i] = place;
      place += lengths[i];
    }
    int code = MPI_Allgatherv(
        bytes, lengths[rank], MPI_BYTE, all, lengths, places, MPI_BYTE, MPI_COMM_WORLD);
    free(lengths);
    return code;
  }
  for (int i = 0; i < size; i++) {
    if (i == rank && counts[i] > 0) memcpy(all, bytes, (size_t)counts[i]);
    int code = svm_mpi_broadcast(all, counts[i], i);
    if (code != MPI_SUCCESS) return code;
    all += counts[i];
  }
  return MPI_SUCCESS;
}

/* Both hold what is for, or from, each rank one after the other. */
int svm_mpi_exchange(
    const uint8_t *sent, const int64_t *sent_counts, uint8_t *received, const int64_t *received_counts) {
  int rank, size;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  for (int step = 0; step < size; step++) {
    int to = (rank + step) % size, from = (rank - step + size) % size;
    const uint8_t *source = sent;
    uint8_t *target = received;
    for (int i = 0; i < to; i++) source += sent_counts[i];
    for (int i = 0; i < from; i++) target += received_counts[i];
    int64_t out = sent_counts[to], in = received_counts[from];
    while (out > 0 || in > 0) {
      int64_t out_length = out < piece ? out : piece, in_length = in < piece ? in : piece;
      MPI_Request requests[2] = {MPI_REQUEST_NULL, MPI_REQUEST_NULL};
      MPI_Status statuses[2];  // MPICH declares an array here, and the compiler warns of MPI_STATUSES_IGNORE.
      int code = MPI_SUCCESS;
      if (in_length > 0)
        code = MPI_Irecv(target, (int)in_length, MPI_BYTE, from, 0, MPI_COMM_WORLD, &requests[0]);
      if (code == MPI_SUCCESS && out_length > 0)
        code = MPI_Isend(source, (int)out_length, MPI_BYTE, to, 0, MPI_COMM_WORLD, &requests[1]);
      if (code == MPI_SUCCESS) code = MPI_Waitall(2, requests, statuses);
      if (code != MPI_SUCCESS) return code;
      source += out_length;
      target += in_length;
      out -= out_length;
      in -= in_length;
    }
  }
  return MPI_SUCCESS;
}
