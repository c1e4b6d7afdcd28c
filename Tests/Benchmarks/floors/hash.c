// Computes SHA-256 of every file with OpenSSL and prints the seconds that this took.
//   hash THREADS LIST      LIST: a path a line
// The library is opened by name, so that no headers of it are needed.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { piece = 1 << 20, room_for_state = 512 };

static int (*begin_hash)(void *);
static int (*add)(void *, const void *, size_t);
static int (*end_hash)(unsigned char *, void *);

static char **paths;
static size_t count;
static atomic_size_t next;
static atomic_int failed;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static int hash(const char *path, unsigned char *bytes) {
  _Alignas(16) unsigned char state[room_for_state];
  unsigned char digest[32];
  int file = open(path, O_RDONLY);
  if (file < 0) return -1;
  begin_hash(state);
  ssize_t length;
  while ((length = read(file, bytes, piece)) > 0) add(state, bytes, (size_t)length);
  end_hash(digest, state);
  close(file);
  return (int)length;
}

static void *work(void *none) {
  unsigned char *bytes = malloc(piece);
  for (size_t at; (at = atomic_fetch_add(&next, 1)) < count;) {
    if (hash(paths[at], bytes) != 0) failed++;
  }
  free(bytes);
  return none;
}

static int open_library(void) {
  const char *names[] = {"libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.dylib"};
  void *library = NULL;
  for (size_t at = 0; library == NULL && at < sizeof names / sizeof *names; at++)
    library = dlopen(names[at], RTLD_NOW);
  if (library == NULL) return -1;
  *(void **)&begin_hash = dlsym(library, "SHA256_Init");
  *(void **)&add = dlsym(library, "SHA256_Update");
  *(void **)&end_hash = dlsym(library, "SHA256_Final");
  return begin_hash && add && end_hash ? 0 : -1;
}

static void read_list(const char *name) {
  FILE *file = fopen(name, "r");
  if (file == NULL) exit(1);
  char *line = NULL;
  size_t space = 0, room = 0;
  for (ssize_t length; (length = getline(&line, &space, file)) > 0;) {
    if (line[length - 1] == '\n') line[length - 1] = 0;
    if (count == room) paths = realloc(paths, (room = room * 2 + 1024) * sizeof *paths);
    paths[count++] = strdup(line);
  }
  fclose(file);
}

int main(int words, char **word) {
  if (words != 3) return 2;
  size_t threads = strtoul(word[1], NULL, 10);
  if (threads < 1 || threads > 64) return 2;
  if (open_library() != 0) {
    fprintf(stderr, "there is no libcrypto\n");
    return 3;
  }
  read_list(word[2]);

  double begin = now();
  pthread_t thread[64];
  for (size_t at = 1; at < threads; at++) pthread_create(&thread[at], NULL, work, NULL);
  work(NULL);
  for (size_t at = 1; at < threads; at++) pthread_join(thread[at], NULL);
  printf("%.6f\n", now() - begin);
  return failed > 0;
}
