// Executes a command within a limit of time and prints what it took:
// seconds, seconds of processor, peak of memory in bytes, status, 1 if it was stopped.
//   launch LIMIT FILE COMMAND…      FILE gets what the command prints
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static pid_t command;
static volatile sig_atomic_t stops;

// First asks, then ends: the group, since a shell may stand between.
static void stop(int signal) {
  (void)signal;
  stops += 1;
  kill(-command, stops == 1 ? SIGTERM : SIGKILL);
  alarm(5);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static double seconds(struct timeval time) { return time.tv_sec + time.tv_usec * 1e-6; }

int main(int count, char **words) {
  if (count < 4) return 2;
  double limit = atof(words[1]);

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(
      &files, 1, words[2], O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  posix_spawnattr_t manner;
  posix_spawnattr_init(&manner);
  posix_spawnattr_setflags(&manner, POSIX_SPAWN_SETPGROUP);

  double begin = now();
  int problem = posix_spawnp(&command, words[3], &files, &manner, words + 3, environ);
  if (problem != 0) {
    fprintf(stderr, "%s: %s\n", words[3], strerror(problem));
    return 1;
  }
  // The command is in a group of its own: what ends the harness would not reach it.
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGALRM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
  struct itimerval timer = {
      .it_value = {(time_t)limit, (suseconds_t)((limit - (time_t)limit) * 1e6)}};
  setitimer(ITIMER_REAL, &timer, NULL);

  int status = 0;
  struct rusage usage;
  while (wait4(command, &status, 0, &usage) < 0) continue;
  double took = now() - begin;
  if (stops > 0) kill(-command, SIGKILL);

#ifdef __APPLE__
  long peak = usage.ru_maxrss;
#else
  long peak = usage.ru_maxrss * 1024;
#endif
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  printf("%.6f %.6f %ld %d %d\n", took, seconds(usage.ru_utime) + seconds(usage.ru_stime), peak,
         code, stops > 0);
  return 0;
}
