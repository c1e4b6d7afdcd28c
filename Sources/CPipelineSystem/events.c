#define _GNU_SOURCE
#include "CPipelineSystem.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static int make_pipe(int ends[2]) {
#if defined(__APPLE__)
  if (pipe(ends) != 0) return -errno;
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  return 0;
#else
  return pipe2(ends, O_CLOEXEC) == 0 ? 0 : -errno;
#endif
}

static void never_block(int descriptor) {
  fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

int pipeline_wake_pipe(int ends[2]) {
  int result = make_pipe(ends);
  if (result < 0) return result;
  never_block(ends[0]);
  never_block(ends[1]);
  return 0;
}

int pipeline_output_pipe(int ends[2]) {
  int result = make_pipe(ends);
  if (result == 0) never_block(ends[0]);
  return result;
}

typedef struct {
  pipeline_body body;
  void *context;
} thread_start;

static void *thread_main(void *argument) {
  thread_start start = *(thread_start *)argument;
  free(argument);
  start.body(start.context);
  return NULL;
}

int pipeline_start_thread(pipeline_body body, void *context) {
  thread_start *start = malloc(sizeof *start);
  if (start == NULL) return -ENOMEM;
  start->body = body;
  start->context = context;
  sigset_t all, before;
  sigfillset(&all);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 2 * 1024 * 1024);
  // A new thread takes over the mask: signals then go to the others.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int code = pthread_create(&thread, &attributes, thread_main, start);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  if (code != 0) free(start);
  return -code;
}

typedef struct {
  atomic_size_t next;
  size_t count;
  pipeline_indexed_body body;
  void *context;
} shared_work;

static void *work_main(void *argument) {
  shared_work *work = argument;
  for (;;) {
    size_t index = atomic_fetch_add(&work->next, 1);
    if (index >= work->count) return NULL;
    work->body(work->context, index);
  }
}

void pipeline_for_each(size_t count, pipeline_indexed_body body, void *context) {
  enum { most = 64 };
  shared_work work = {.count = count, .body = body, .context = context};
  atomic_init(&work.next, 0);
  pthread_t threads[most];
  size_t wanted = (size_t)pipeline_processor_count();
  if (wanted > count) wanted = count;
  if (wanted > most) wanted = most;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  size_t started = 0;
  // This thread works too; a thread that cannot be had only leaves more to the others.
  while (started + 1 < wanted) {
    if (pthread_create(&threads[started], NULL, work_main, &work) != 0) break;
    started++;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  work_main(&work);
  for (size_t i = 0; i < started; i++) pthread_join(threads[i], NULL);
}

static volatile sig_atomic_t signal_descriptor = -1;
static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
static struct sigaction earlier[4];

static void note_signal(int number) {
  int code = errno;
  unsigned char byte = (unsigned char)number;
  ssize_t done = write(signal_descriptor, &byte, 1);
  (void)done;  // A full pipe holds enough of them.
  errno = code;
}

int pipeline_catch_signals(int descriptor) {
  if (signal_descriptor >= 0) return -EBUSY;
  signal_descriptor = descriptor;
  for (int index = 0; index < 4; index++) {
    int number = caught[index];
    if (sigaction(number, NULL, &earlier[index]) != 0) return -errno;
    // What `nohup` or a shell without job control made us ignore, stays so.
    if (earlier[index].sa_handler == SIG_IGN) continue;
    struct sigaction action;
    action.sa_handler = number == SIGPIPE ? SIG_IGN : note_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    if (sigaction(number, &action, NULL) != 0) return -errno;
  }
  return 0;
}

void pipeline_release_signals(void) {
  if (signal_descriptor < 0) return;
  for (int index = 0; index < 4; index++) sigaction(caught[index], &earlier[index], NULL);
  signal_descriptor = -1;
}
