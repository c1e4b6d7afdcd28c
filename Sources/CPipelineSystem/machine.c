#define _GNU_SOURCE
#include "CPipelineSystem.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif
#if defined(__APPLE__)
#include <crt_externs.h>
#include <sys/random.h>
#include <sys/sysctl.h>
#else
extern char **environ;
#endif

static int64_t clock_time(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t pipeline_wall_clock(void) { return clock_time(CLOCK_REALTIME); }

int64_t pipeline_steady_clock(void) { return clock_time(CLOCK_MONOTONIC); }

void pipeline_sleep(int64_t nanoseconds) {
  struct timespec time = {
      .tv_sec = (time_t)(nanoseconds / 1000000000), .tv_nsec = (long)(nanoseconds % 1000000000)};
  nanosleep(&time, NULL);
}

int pipeline_processor_count(void) {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? (int)count : 1;
}

int64_t pipeline_memory_bytes(void) {
  int64_t pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  return pages > 0 && size > 0 ? pages * size : 0;
}

void pipeline_share_memory(void) {
#if defined(__GLIBC__)
  int processors = pipeline_processor_count();
  mallopt(M_ARENA_MAX, processors > 2 ? processors / 2 : 1);
  // Else the first large piece that is let go raises both to its own size, up to 64 MB: large
  // pieces then lie among small ones, and the system gets nothing back of what they leave.
  mallopt(M_MMAP_THRESHOLD, 512 << 10);
  mallopt(M_TRIM_THRESHOLD, 1 << 20);
#endif
}

int64_t pipeline_missing_memory(size_t threads, int64_t *limit_bytes) {
  struct rlimit limit;
  *limit_bytes = 0;
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return 0;
  *limit_bytes = (int64_t)limit.rlim_cur;
#if defined(__GLIBC__)
  // Else each thread reserves 64 MB of its own to allocate from.
  mallopt(M_ARENA_MAX, 1);
#endif
  size_t stack = 0;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_getstacksize(&attributes, &stack);
  pthread_attr_destroy(&attributes);
  size_t needed = threads * stack + ((size_t)64 << 20);
  void *room = mmap(NULL, needed, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0);
  if (room == MAP_FAILED) return (int64_t)needed;
  munmap(room, needed);
  return 0;
}

int pipeline_host_name(char *name, size_t capacity) {
  if (gethostname(name, capacity) != 0) return -errno;
  name[capacity - 1] = 0;
  return 0;
}

int pipeline_random(void *bytes, size_t count) {
  char *next = bytes;
  while (count > 0) {
    size_t piece = count < 256 ? count : 256;
    if (getentropy(next, piece) != 0) return -errno;
    next += piece;
    count -= piece;
  }
  return 0;
}

char *const *pipeline_environment(void) {
#if defined(__APPLE__)
  return *_NSGetEnviron();
#else
  return environ;
#endif
}

#if defined(__GLIBC__)
void pipeline_error_text(int code, char *text, size_t capacity) {
  char buffer[256];
  snprintf(text, capacity, "%s", strerror_r(code, buffer, sizeof buffer));
}
#else
void pipeline_error_text(int code, char *text, size_t capacity) {
  if (strerror_r(code, text, capacity) != 0) snprintf(text, capacity, "error %d", code);
}
#endif

int pipeline_boot(char *text, size_t capacity) {
  text[0] = 0;
#if defined(__APPLE__)
  size_t size = capacity;
  return sysctlbyname("kern.bootsessionuuid", text, &size, NULL, 0) == 0 ? 0 : -errno;
#else
  int descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return -errno;
  ssize_t count = read(descriptor, text, capacity - 1);
  close(descriptor);
  if (count < 0) return -EIO;
  text[count] = 0;
  text[strcspn(text, "\n")] = 0;
  return 0;
#endif
}

struct pipeline_mutex {
  pthread_mutex_t lock;
};

pipeline_mutex *pipeline_mutex_make(void) {
  pipeline_mutex *mutex = malloc(sizeof *mutex);
  if (mutex == NULL) abort();
  pthread_mutex_init(&mutex->lock, NULL);
  return mutex;
}

void pipeline_mutex_free(pipeline_mutex *mutex) {
  pthread_mutex_destroy(&mutex->lock);
  free(mutex);
}

void pipeline_mutex_lock(pipeline_mutex *mutex) { pthread_mutex_lock(&mutex->lock); }

void pipeline_mutex_unlock(pipeline_mutex *mutex) { pthread_mutex_unlock(&mutex->lock); }

struct pipeline_monitor {
  pthread_mutex_t lock;
  pthread_cond_t change;
};

pipeline_monitor *pipeline_monitor_make(void) {
  pipeline_monitor *monitor = malloc(sizeof *monitor);
  if (monitor == NULL) abort();
  pthread_mutex_init(&monitor->lock, NULL);
  pthread_cond_init(&monitor->change, NULL);
  return monitor;
}

void pipeline_monitor_free(pipeline_monitor *monitor) {
  pthread_cond_destroy(&monitor->change);
  pthread_mutex_destroy(&monitor->lock);
  free(monitor);
}

void pipeline_monitor_lock(pipeline_monitor *monitor) { pthread_mutex_lock(&monitor->lock); }

void pipeline_monitor_unlock(pipeline_monitor *monitor) { pthread_mutex_unlock(&monitor->lock); }

void pipeline_monitor_wait(pipeline_monitor *monitor) {
  pthread_cond_wait(&monitor->change, &monitor->lock);
}

void pipeline_monitor_wake(pipeline_monitor *monitor) { pthread_cond_broadcast(&monitor->change); }
