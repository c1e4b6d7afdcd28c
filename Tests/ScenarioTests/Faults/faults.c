// Stands between the tool and the C library: counts the calls by which files come to be other than
// they were, writes them down in the order in which they are done, and lets one of them go wrong.
//
// Calls of all threads are one sequence, since only one is let through at a time; so "the call
// with number N" is every moment there is. Only calls about a file below FAULTS_BELOW count.
//
//   FAULTS_PROGRAM  the name of the program that this is about; in others it does nothing
//   FAULTS_LOG      takes a line for each call: number, name, path, second path, result
//   FAULTS_AT       the number of the call that goes wrong; nothing where it is not set
//   FAULTS_HOW      kill: the process, instead of the call
//                   short: half is written, and nothing more ever is
//                   a number: the call fails with it as errno; with + so do all later ones that
//                   need space
//   FAULTS_DURABLE  a folder that takes what of the files is safe from a loss of power, as in
//                   `durable.h`; what is there at the beginning of the first run with it is
//   FAULTS_BOOT     a file that says which start of the machine this is
//   FAULTS_TIMES    change times that files are to have, a line for each: its number, the seconds
//                   and nanoseconds that it has, and those that are told in their place
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "durable.h"

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static char below[4096];
static int is_on, log_file = -1, kills, is_short, failure, is_lasting, is_full;
static long at = -1, count;
static int durable = -1;
static const char *boot;
static struct { unsigned long long number; long long now[2], then[2]; } times[1024];
static size_t times_count;

// What is known of the call that is let through.
struct call {
  const char *name;
  char path[4096];
  char other[4096];
  int counts;
  // Whether it fails instead of being done.
  int fails;
  int is_cut;
};

// Notes that all there is is on disk.
static void note_all(void) {
  int top = (int)syscall(SYS_openat, AT_FDCWD, below, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  keep_directory(durable, top, 1);
  syscall(SYS_close, top);
}

// Notes that a file's bytes are on disk, or a directory's names.
static void note(int d) {
  char path[64];
  struct statx status;
  if (look(d, "", &status) != 0) return;
  // It may be open only for writing.
  snprintf(path, sizeof path, "/proc/self/fd/%d", d);
  int again = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  if (kind_of(&status) == 'd') keep_directory(durable, again, 0);
  else keep_file(durable, again);
  syscall(SYS_close, again);
}

static void read_times(const char *path) {
  FILE *file = fopen(path, "re");
  while (file && times_count < sizeof times / sizeof *times &&
         fscanf(file, "%llu %lld %lld %lld %lld", &times[times_count].number, &times[times_count].now[0],
           &times[times_count].now[1], &times[times_count].then[0], &times[times_count].then[1]) == 5) times_count++;
  if (file) fclose(file);
}

__attribute__((constructor)) static void begin(void) {
  const char *program = getenv("FAULTS_PROGRAM");
  is_on = program != NULL && strcmp(program, program_invocation_short_name) == 0;
  if (is_on) {
    const char *place = getenv("FAULTS_BELOW"), *log = getenv("FAULTS_LOG");
    const char *number = getenv("FAULTS_AT"), *how = getenv("FAULTS_HOW");
    snprintf(below, sizeof below, "%s", place ? place : "/");
    if (log) log_file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (number) at = atol(number);
    if (how) {
      kills = strcmp(how, "kill") == 0;
      is_short = strcmp(how, "short") == 0;
      failure = atoi(how);
      is_lasting = strchr(how, '+') != NULL;
    }
  }
  const char *safe = getenv("FAULTS_DURABLE"), *changed = getenv("FAULTS_TIMES");
  if (is_on && safe) {
    durable = (int)syscall(SYS_openat, AT_FDCWD, safe, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    int begun = (int)syscall(SYS_mkdirat, durable, "begun", 0755) == 0;
    if (begun) note_all();
  }
  if (is_on) boot = getenv("FAULTS_BOOT");
  if (is_on && changed) read_times(changed);
  // Its children are left alone.
  if (is_on) unsetenv("LD_PRELOAD");
}

// Where a file is, as far as that can be told without following its last name.
static void locate(char *text, size_t size, int descriptor, const char *path) {
  char folder[4096] = "";
  if (path == NULL || path[0] != '/') {
    char link[64];
    if (descriptor == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
    else snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, folder, sizeof folder - 1);
    folder[length > 0 ? length : 0] = 0;
  }
  if (path == NULL) snprintf(text, size, "%s", folder);
  else if (path[0] == '/') snprintf(text, size, "%s", path);
  else snprintf(text, size, "%s/%s", folder, path);
}

static int needs_space(const char *name) {
  static const char *const names[] = {"write", "create", "make", "rename", "link", "symlink"};
  for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
    if (strcmp(name, names[index]) == 0) return 1;
  }
  return 0;
}

// Keeps all others waiting until `leave`.
static void enter(struct call *call, const char *name, int d, const char *path, int e, const char *other) {
  int kept = errno;
  call->name = name;
  call->other[0] = 0;
  call->counts = call->fails = call->is_cut = 0;
  if (!is_on) return;
  pthread_mutex_lock(&one_at_a_time);
  if (strcmp(name, "print") == 0) snprintf(call->path, sizeof call->path, "%s/-", below);
  else locate(call->path, sizeof call->path, d, path);
  if (other) locate(call->other, sizeof call->other, e, other);
  size_t length = strlen(below);
  call->counts = strncmp(call->path, below, length) == 0;
  if (call->counts) {
    long number = ++count;
    if (number == at && kills) {
      syscall(SYS_kill, getpid(), SIGKILL);
      for (;;) pause();
    }
    if (number == at && is_short) call->is_cut = is_full = 1;
    else if (failure && number == at) call->fails = failure;
    else if (is_full && needs_space(name)) call->fails = ENOSPC;
    if (is_lasting && number == at) is_full = 1;
  }
  errno = kept;
}

static long leave(struct call *call, long result) {
  if (!is_on) return result;
  int kept = errno;
  if (call->counts && log_file >= 0) {
    size_t length = strlen(below);
    char line[8400];
    const char *other = strncmp(call->other, below, length) == 0 ? call->other + length : call->other;
    int size = snprintf(line, sizeof line, "%ld\t%s\t%s\t%s\t%ld\n", count, call->name, call->path + length, other, result < 0 ? -(long)kept : result);
    syscall(SYS_write, log_file, line, size);
  }
  pthread_mutex_unlock(&one_at_a_time);
  errno = kept;
  return result;
}

static long failed(struct call *call) {
  errno = call->fails;
  return -1;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define CALL(word, d, path, e, other, act) \
  struct call call; \
  enter(&call, word, d, path, e, other); \
  return leave(&call, call.fails ? failed(&call) : (long)(act))

ssize_t write(int d, const void *bytes, size_t size) {
  struct call call;
  enter(&call, d == 1 ? "print" : "write", d, NULL, 0, NULL);
  if (call.is_cut) size = size > 1 ? size / 2 : size;
  return leave(&call, call.fails ? failed(&call) : syscall(SYS_write, d, bytes, size));
}

static ssize_t put(int d, const void *bytes, size_t size, off_t offset) {
  struct call call;
  enter(&call, "write", d, NULL, 0, NULL);
  if (call.is_cut) size = size > 1 ? size / 2 : size;
  return leave(&call, call.fails ? failed(&call) : syscall(SYS_pwrite64, d, bytes, size, offset));
}

ssize_t pwrite(int d, const void *bytes, size_t size, off_t offset) { return put(d, bytes, size, offset); }
ssize_t pwrite64(int d, const void *bytes, size_t size, off64_t offset) { return put(d, bytes, size, offset); }

static long synced(struct call *call, int d, long result) {
  if (result == 0 && call->counts && durable >= 0) {
    if (strcmp(call->name, "sync-all") == 0) note_all();
    else note(d);
  }
  return result;
}

int fsync(int d) { CALL("sync", d, NULL, 0, NULL, synced(&call, d, syscall(SYS_fsync, d))); }
int fdatasync(int d) { CALL("sync", d, NULL, 0, NULL, synced(&call, d, syscall(SYS_fdatasync, d))); }
int syncfs(int d) { CALL("sync-all", d, NULL, 0, NULL, synced(&call, d, syscall(SYS_syncfs, d))); }

int rename(const char *a, const char *b) { CALL("rename", AT_FDCWD, a, AT_FDCWD, b, syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, 0)); }
int renameat(int d, const char *a, int e, const char *b) { CALL("rename", d, a, e, b, syscall(SYS_renameat2, d, a, e, b, 0)); }
int linkat(int d, const char *a, int e, const char *b, int flags) { CALL("link", d, a, e, b, syscall(SYS_linkat, d, a, e, b, flags)); }
int symlinkat(const char *to, int d, const char *a) { CALL("symlink", d, a, 0, NULL, syscall(SYS_symlinkat, to, d, a)); }
int unlink(const char *a) { CALL("remove", AT_FDCWD, a, 0, NULL, syscall(SYS_unlinkat, AT_FDCWD, a, 0)); }
int unlinkat(int d, const char *a, int flags) { CALL("remove", d, a, 0, NULL, syscall(SYS_unlinkat, d, a, flags)); }
int mkdirat(int d, const char *a, mode_t mode) { CALL("make", d, a, 0, NULL, syscall(SYS_mkdirat, d, a, mode)); }
int fchmod(int d, mode_t mode) { CALL("mode", d, NULL, 0, NULL, syscall(SYS_fchmod, d, mode)); }
int fchmodat(int d, const char *a, mode_t mode, int flags) { CALL("mode", d, a, 0, NULL, NEXT(fchmodat)(d, a, mode, flags)); }
int futimens(int d, const struct timespec *times) { CALL("touch", d, NULL, 0, NULL, NEXT(futimens)(d, times)); }
int ftruncate(int d, off_t size) { CALL("cut", d, NULL, 0, NULL, syscall(SYS_ftruncate, d, size)); }
int ftruncate64(int d, off64_t size) { CALL("cut", d, NULL, 0, NULL, syscall(SYS_ftruncate, d, size)); }

// Of others than for cloning a file nothing is kept.
int ioctl(int d, unsigned long request, ...) {
  va_list list;
  va_start(list, request);
  void *argument = va_arg(list, void *);
  va_end(list);
  CALL("control", d, NULL, 0, NULL, syscall(SYS_ioctl, d, request, argument));
}

static int opened(int d, const char *path, int flags, mode_t mode) {
  if (boot && strcmp(path, "/proc/sys/kernel/random/boot_id") == 0) path = boot;
  const char *word = flags & O_CREAT ? "create" : (flags & O_ACCMODE) == O_RDONLY ? "open" : "open-to-write";
  CALL(word, d, path, 0, NULL, syscall(SYS_openat, d, path, flags, mode));
}

#define MODE \
  va_list list; \
  va_start(list, flags); \
  mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0; \
  va_end(list)

int open(const char *path, int flags, ...) { MODE; return opened(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE; return opened(AT_FDCWD, path, flags, mode); }
int openat(int d, const char *path, int flags, ...) { MODE; return opened(d, path, flags, mode); }
int openat64(int d, const char *path, int flags, ...) { MODE; return opened(d, path, flags, mode); }

static int told(int result, struct stat *status) {
  for (size_t index = 0; result == 0 && index < times_count; index++) {
    if (times[index].number != status->st_ino || times[index].now[0] != status->st_ctim.tv_sec ||
        times[index].now[1] != status->st_ctim.tv_nsec) continue;
    status->st_ctim.tv_sec = times[index].then[0];
    status->st_ctim.tv_nsec = times[index].then[1];
  }
  return result;
}

int fstat(int d, struct stat *status) { return told(NEXT(fstat)(d, status), status); }
int fstatat(int d, const char *path, struct stat *status, int flags) {
  return told(NEXT(fstatat)(d, path, status, flags), status);
}
