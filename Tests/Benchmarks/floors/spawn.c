// Executes shell commands, so many at once, and prints the seconds that this took.
//   spawn JOBS LIST      LIST: a command a line; at an empty line all before it have to end
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static int running, failed;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static void wait_until(int most) {
  for (int status; running > most; running--) {
    if (wait(&status) < 0 || status != 0) failed++;
  }
}

int main(int words, char **word) {
  if (words != 3) return 2;
  int jobs = atoi(word[1]);
  FILE *file = fopen(word[2], "r");
  if (file == NULL || jobs < 1) return 2;

  double begin = now();
  char *line = NULL;
  size_t space = 0;
  for (ssize_t length; (length = getline(&line, &space, file)) > 0;) {
    if (line[length - 1] == '\n') line[length - 1] = 0;
    wait_until(line[0] ? jobs - 1 : 0);
    if (line[0] == 0) continue;
    char *command[] = {"sh", "-c", line, NULL};
    pid_t process;
    if (posix_spawn(&process, "/bin/sh", NULL, NULL, command, environ) != 0) return 1;
    running++;
  }
  wait_until(0);
  printf("%.6f\n", now() - begin);
  return failed > 0;
}
