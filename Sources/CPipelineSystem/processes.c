#define _GNU_SOURCE
#include "CPipelineSystem.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__APPLE__)
#include <libproc.h>
#include <sys/event.h>
#include <sys/proc.h>
#include <sys/sysctl.h>
#else
#include <dirent.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#if !defined(SYS_pidfd_open)
#define SYS_pidfd_open 434
#endif
#if !defined(SYS_pidfd_send_signal)
#define SYS_pidfd_send_signal 424
#endif
#endif

int pipeline_keep_children(void) {
  struct sigaction action;
  if (sigaction(SIGCHLD, NULL, &action) != 0) return -errno;
  if (action.sa_handler != SIG_IGN && !(action.sa_flags & SA_NOCLDWAIT)) return 0;
  action.sa_handler = SIG_DFL;
  action.sa_flags = 0;
  sigemptyset(&action.sa_mask);
  return sigaction(SIGCHLD, &action, NULL) == 0 ? 0 : -errno;
}

int pipeline_exit_descriptor(pid_t pid) {
#if defined(__APPLE__)
  int queue = kqueue();
  if (queue < 0) return -errno;
  fcntl(queue, F_SETFD, FD_CLOEXEC);
  struct kevent change;
  EV_SET(&change, (uintptr_t)pid, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0, NULL);
  if (kevent(queue, &change, 1, NULL, 0, NULL) == 0) return queue;
  int code = errno;
  close(queue);
  return -code;
#else
  return pipeline_hold(pid);
#endif
}

int pipeline_has_exited(pid_t pid) {
  siginfo_t news;
  news.si_pid = 0;
  while (waitid(P_PID, (id_t)pid, &news, WEXITED | WNOHANG | WNOWAIT) != 0) {
    if (errno != EINTR) return -errno;
  }
  return news.si_pid == pid;
}

static int64_t nanoseconds(struct timeval time) {
  return (int64_t)time.tv_sec * 1000000000 + (int64_t)time.tv_usec * 1000;
}

int pipeline_reap(pid_t pid, pipeline_exit *exit) {
  int status = 0;
  struct rusage usage;
  memset(&usage, 0, sizeof usage);
  while (wait4(pid, &status, 0, &usage) < 0) {
    if (errno != EINTR) return -errno;
  }
  exit->is_signal = WIFSIGNALED(status) ? 1 : 0;
  exit->value = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  exit->cpu_nanoseconds = nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
#if defined(__APPLE__)
  exit->peak_memory_bytes = usage.ru_maxrss;
#else
  exit->peak_memory_bytes = (int64_t)usage.ru_maxrss * 1024;
#endif
  return 0;
}

#if defined(__APPLE__)

int pipeline_adopt_orphans(void) { return -ENOSYS; }

int pipeline_orphan_list(void) { return -ENOSYS; }

int64_t pipeline_orphans(int list, pid_t *pids, size_t capacity) {
  (void)list;
  (void)pids;
  (void)capacity;
  return -ENOSYS;
}

int pipeline_reap_orphan(pid_t pid) {
  (void)pid;
  return -ENOSYS;
}

#else

int pipeline_adopt_orphans(void) {
  return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 ? 0 : -errno;
}

// The kernel gives orphans to the first thread that lives, which is the main one, even after it
// has called pthread_exit. It starts no children itself.
int pipeline_orphan_list(void) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  return descriptor >= 0 ? descriptor : -errno;
}

int64_t pipeline_orphans(int list, pid_t *pids, size_t capacity) {
  char text[4096];
  ssize_t size = pread(list, text, sizeof text - 1, 0);
  if (size < 0) return -errno;
  text[size] = 0;
  size_t count = 0;
  for (char *next = text; count < capacity; count++) {
    char *end = next;
    pid_t pid = (pid_t)strtol(next, &end, 10);
    if (end == next) break;
    pids[count] = pid;
    next = end;
  }
  return (int64_t)count;
}

int pipeline_reap_orphan(pid_t pid) {
  siginfo_t news;
  news.si_pid = 0;
  // How it ended is nobody's concern: who started it is gone.
  if (waitid(P_PID, (id_t)pid, &news, WEXITED | WNOHANG) != 0) return errno == ECHILD ? 0 : -errno;
  return news.si_pid == 0;
}

#endif

pid_t pipeline_session(pid_t pid) {
  pid_t session = getsid(pid);
  return session >= 0 ? session : -errno;
}

int pipeline_signal(pid_t pid, int hold, int signal) {
#if !defined(__APPLE__)
  if (hold >= 0) {
    return syscall(SYS_pidfd_send_signal, hold, signal, NULL, 0) == 0 ? 0 : -errno;
  }
#endif
  (void)hold;
  // 0 and negative numbers would mean whole groups, ours among them.
  if (pid <= 1) return -EINVAL;
  return kill(pid, signal) == 0 ? 0 : -errno;
}

// Whether one of the strings between NULs is exactly this one.
static int has_entry(const char *text, size_t size, const char *entry, size_t length) {
  size_t at = 0;
  while (at < size) {
    const char *end = memchr(text + at, 0, size - at);
    size_t count = end == NULL ? size - at : (size_t)(end - (text + at));
    if (count == length && memcmp(text + at, entry, length) == 0) return 1;
    at += count + 1;
  }
  return 0;
}

#if defined(__APPLE__)

int pipeline_hold(pid_t pid) {
  (void)pid;
  return -ENOSYS;
}

int64_t pipeline_processes(pid_t *pids, size_t capacity) {
  int count = proc_listallpids(pids, (int)(capacity * sizeof(pid_t)));
  return count >= 0 ? count : -errno;
}

int pipeline_look(pid_t pid, uint64_t *start) {
  struct proc_bsdinfo look;
  *start = 0;
  int size = proc_pidinfo(pid, PROC_PIDTBSDINFO, 0, &look, sizeof look);
  if (size != (int)sizeof look) return 0;
  *start = (uint64_t)look.pbi_start_tvsec * 1000000 + look.pbi_start_tvusec;
  return look.pbi_status != SZOMB;
}

pid_t pipeline_parent(pid_t pid) {
  struct proc_bsdinfo look;
  int size = proc_pidinfo(pid, PROC_PIDTBSDINFO, 0, &look, sizeof look);
  return size == (int)sizeof look ? (pid_t)look.pbi_ppid : 0;
}

int pipeline_has_variable(pid_t pid, const char *entry, size_t length) {
  int limit_name[2] = {CTL_KERN, KERN_ARGMAX};
  int limit = 0;
  size_t size = sizeof limit;
  if (sysctl(limit_name, 2, &limit, &size, NULL, 0) != 0) return -errno;
  char *text = malloc((size_t)limit);
  if (text == NULL) return -ENOMEM;
  int name[3] = {CTL_KERN, KERN_PROCARGS2, pid};
  size = (size_t)limit;
  int result = sysctl(name, 3, text, &size, NULL, 0) == 0 ? 0 : -errno;
  if (result == 0 && size > sizeof(int)) {
    result = has_entry(text + sizeof(int), size - sizeof(int), entry, length);
  }
  free(text);
  return result;
}

#else

int pipeline_hold(pid_t pid) {
  long descriptor = syscall(SYS_pidfd_open, pid, 0);
  return descriptor >= 0 ? (int)descriptor : -errno;
}

int64_t pipeline_processes(pid_t *pids, size_t capacity) {
  DIR *stream = opendir("/proc");
  if (stream == NULL) return -errno;
  size_t count = 0;
  const struct dirent *entry;
  while ((entry = readdir(stream)) != NULL) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    if (count < capacity) pids[count] = (pid_t)strtol(entry->d_name, NULL, 10);
    count += 1;
  }
  closedir(stream);
  return (int64_t)count;
}

// A file of /proc/<pid>, whole; the caller frees it.
static ssize_t read_about(pid_t pid, const char *name, char **text) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return -errno;
  size_t size = 0, capacity = 4096;
  char *bytes = malloc(capacity);
  ssize_t result = bytes == NULL ? -ENOMEM : 0;
  while (result == 0) {
    if (size == capacity) {
      char *larger = realloc(bytes, capacity * 2);
      if (larger == NULL) {
        result = -ENOMEM;
        break;
      }
      bytes = larger;
      capacity *= 2;
    }
    ssize_t count = read(descriptor, bytes + size, capacity - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) result = -errno;
    if (count <= 0) break;
    size += (size_t)count;
  }
  close(descriptor);
  if (result < 0) {
    free(bytes);
    return result;
  }
  *text = bytes;
  return (ssize_t)size;
}

// What stands in /proc/<pid>/stat behind the name; false where there is no such process.
static int read_fields(pid_t pid, char *fields, size_t capacity) {
  char *text = NULL;
  ssize_t size = read_about(pid, "stat", &text);
  if (size < 0) return 0;
  // The name in parentheses may hold anything, so fields are counted from its end.
  const char *end = memrchr(text, ')', (size_t)size);
  if (end != NULL) {
    size_t rest = (size_t)(text + size - (end + 1));
    if (rest >= capacity) rest = capacity - 1;
    memcpy(fields, end + 1, rest);
    fields[rest] = 0;
  }
  free(text);
  return end != NULL;
}

int pipeline_look(pid_t pid, uint64_t *start) {
  *start = 0;
  char fields[512];
  if (!read_fields(pid, fields, sizeof fields)) return 0;
  char state = 0;
  unsigned int flags = 0;
  unsigned long long began = 0;
  int found = sscanf(
      fields, " %c %*s %*s %*s %*s %*s %u %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
      &state, &flags, &began);
  if (found != 3) return 0;
  *start = began;
  // On its way out a process has no environment any more, as if it had dropped it.
  const unsigned int exiting = 4;  // PF_EXITING of the kernel
  return state != 'Z' && state != 'X' && state != 'x' && (flags & exiting) == 0;
}

pid_t pipeline_parent(pid_t pid) {
  char fields[64];
  int parent = 0;
  if (!read_fields(pid, fields, sizeof fields)) return 0;
  return sscanf(fields, " %*c %d", &parent) == 1 ? parent : 0;
}

int pipeline_has_variable(pid_t pid, const char *entry, size_t length) {
  char *text = NULL;
  ssize_t size = read_about(pid, "environ", &text);
  // In the midst of starting another program a process seems to have none for a moment. (Threads
  // of the kernel, in session 0, never have one.)
  for (int turn = 0; size == 0 && turn < 5 && getsid(pid) > 0; turn++) {
    free(text);
    pipeline_sleep(1000000);
    size = read_about(pid, "environ", &text);
  }
  if (size < 0) return (int)size;
  int result = has_entry(text, (size_t)size, entry, length);
  free(text);
  return result;
}

#endif
