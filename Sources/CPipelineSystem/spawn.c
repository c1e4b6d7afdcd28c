#define _GNU_SOURCE
#include "CPipelineSystem.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#if defined(__APPLE__)
#include <spawn.h>
#else
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#endif

#if defined(__APPLE__)

static int start(const pipeline_launch *launch, int input, pid_t *pid) {
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  int code = posix_spawnattr_init(&attributes);
  if (code != 0) return -code;
  code = posix_spawn_file_actions_init(&actions);
  if (code != 0) {
    posix_spawnattr_destroy(&attributes);
    return -code;
  }
  short flags = POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
                | POSIX_SPAWN_CLOEXEC_DEFAULT;
  code = posix_spawnattr_setflags(&attributes, flags);
  if (code == 0) code = posix_spawnattr_setsigdefault(&attributes, &all);
  if (code == 0) code = posix_spawnattr_setsigmask(&attributes, &none);
  if (code == 0) code = posix_spawn_file_actions_addfchdir_np(&actions, launch->directory);
  if (code == 0) code = posix_spawn_file_actions_adddup2(&actions, input, 0);
  if (code == 0) code = posix_spawn_file_actions_adddup2(&actions, launch->output, 1);
  if (code == 0) code = posix_spawn_file_actions_adddup2(&actions, launch->output, 2);
  if (code == 0) {
    code = posix_spawn(
        pid, launch->executable, &actions, &attributes, launch->arguments, launch->environment);
  }
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return -code;
}

#else

// All descriptors are made close-on-exec where they are made; this is for those of other libraries.
static void hide_other_descriptors(void) {
#if !defined(SYS_close_range)
#define SYS_close_range 436
#endif
  const unsigned int close_on_exec = 1u << 2;
  if (syscall(SYS_close_range, 3u, ~0u, close_on_exec) == 0) return;
  struct rlimit limit;
  int end = 1024;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 65536) end = (int)limit.rlim_cur;
  for (int descriptor = 3; descriptor < end; descriptor++) {
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  }
}

// In the child, which shares the parent's memory until it executes: only plain system calls.
// Returns only on failure.
static int become(const pipeline_launch *launch, int input) {
  struct sigaction standard;
  standard.sa_handler = SIG_DFL;
  standard.sa_flags = 0;
  sigemptyset(&standard.sa_mask);
  // Ignored signals would stay ignored in the new program.
  for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
  if (setsid() < 0) return errno;
  if (fchdir(launch->directory) != 0) return errno;
  // Out of the way first: one of them may itself be 0, 1 or 2.
  int from = fcntl(input, F_DUPFD_CLOEXEC, 3);
  int to = fcntl(launch->output, F_DUPFD_CLOEXEC, 3);
  if (from < 0 || to < 0) return errno;
  if (dup2(from, 0) < 0 || dup2(to, 1) < 0 || dup2(to, 2) < 0) return errno;
  hide_other_descriptors();
  sigprocmask(SIG_SETMASK, &standard.sa_mask, NULL);
  execve(launch->executable, launch->arguments, launch->environment);
  return errno;
}

static int start(const pipeline_launch *launch, int input, pid_t *pid) {
  // No handler of the parent's may run in the child on the shared memory.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  volatile int code = 0;
  pid_t child = vfork();
  if (child == 0) {
    code = become(launch, input);
    _exit(127);
  }
  int failure = child < 0 ? errno : code;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (failure == 0) {
    *pid = child;
    return 0;
  }
  if (child > 0) {
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
  }
  return -failure;
}

#endif

int pipeline_spawn(const pipeline_launch *launch, pid_t *pid) {
  if (launch->input >= 0) return start(launch, launch->input, pid);
  int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing < 0) return -errno;
  int result = start(launch, nothing, pid);
  close(nothing);
  return result;
}
