// Asks for the status of every file and prints the seconds that this took.
//   stat lstat|fstatat THREADS LIST      LIST: paths, each ended by a line feed
// fstatat opens each directory once; consecutive paths of one directory belong together.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char **paths;
static size_t count;
static int by_directory;
static size_t threads;
static size_t found[64];

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static size_t with_directories(size_t from, size_t to) {
  char open_name[4096] = "";
  int directory = -1;
  size_t good = 0;
  struct stat status;
  for (size_t at = from; at < to; at++) {
    char *slash = strrchr(paths[at], '/');
    size_t length = slash ? (size_t)(slash - paths[at]) : 0;
    if (directory < 0 || strlen(open_name) != length || memcmp(open_name, paths[at], length)) {
      if (directory >= 0) close(directory);
      memcpy(open_name, paths[at], length);
      open_name[length] = 0;
      directory = open(length ? open_name : ".", O_RDONLY | O_DIRECTORY);
    }
    char *name = slash ? slash + 1 : paths[at];
    good += fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
  }
  if (directory >= 0) close(directory);
  return good;
}

static void *work(void *argument) {
  size_t thread = (size_t)argument;
  size_t from = count * thread / threads, to = count * (thread + 1) / threads;
  if (by_directory) {
    found[thread] = with_directories(from, to);
    return NULL;
  }
  struct stat status;
  for (size_t at = from; at < to; at++) found[thread] += lstat(paths[at], &status) == 0;
  return NULL;
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
  if (words != 4) return 2;
  by_directory = strcmp(word[1], "fstatat") == 0;
  threads = strtoul(word[2], NULL, 10);
  if (threads < 1 || threads > 64) return 2;
  read_list(word[3]);

  double begin = now();
  pthread_t thread[64];
  for (size_t at = 1; at < threads; at++) pthread_create(&thread[at], NULL, work, (void *)at);
  work(0);
  for (size_t at = 1; at < threads; at++) pthread_join(thread[at], NULL);
  double took = now() - begin;

  size_t all = 0;
  for (size_t at = 0; at < threads; at++) all += found[at];
  if (all != count) {
    fprintf(stderr, "%zu of %zu files are there\n", all, count);
    return 1;
  }
  printf("%.6f\n", took);
  return 0;
}
