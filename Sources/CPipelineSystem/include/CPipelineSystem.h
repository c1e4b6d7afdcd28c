#ifndef CPIPELINESYSTEM_H
#define CPIPELINESYSTEM_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// What Swift cannot say, or says differently on each platform.
//
// Every function that can fail returns a negative errno, never sets the global one: between a call
// and a look at `errno` Swift may call anything. All descriptors that are made here are
// close-on-exec. Interrupted calls are repeated.

// MARK: Files (files.c)

/// What kind of thing a directory entry is.
enum {
  PIPELINE_FILE = 0,
  PIPELINE_DIRECTORY = 1,
  PIPELINE_LINK = 2,
  PIPELINE_OTHER = 3,
};

typedef struct {
  int32_t kind;
  uint32_t permissions;
  int64_t size;
  int64_t modified_seconds;
  int64_t changed_seconds;
  int32_t modified_nanoseconds;
  int32_t changed_nanoseconds;
  uint64_t inode;
  uint64_t device;
  uint64_t links;
  uint32_t owner;
} pipeline_status;

/// How a file is opened.
enum {
  /// For reading; does not wait for the writer of a named pipe.
  PIPELINE_READ = 0,
  /// A new file for reading and writing, an error if there is one.
  PIPELINE_NEW = 1,
  /// For reading and writing, made if there is none; an error if the last component is a link.
  PIPELINE_MAKE = 2,
  /// A directory, through links.
  PIPELINE_OPEN_DIRECTORY = 3,
  /// A directory, an error if the last component is a link.
  PIPELINE_OPEN_REAL_DIRECTORY = 4,
  /// At its end for writing, made if there is none.
  PIPELINE_APPEND = 5,
  /// For writing from its beginning, emptied or made; an error if the last component is a link.
  PIPELINE_REWRITE = 6,
  /// A directory, an error if any component is a link; -ENOSYS where the system cannot tell.
  PIPELINE_OPEN_UNLINKED_DIRECTORY = 7,
  /// For reading, an error if the last component is a link.
  PIPELINE_READ_UNLINKED = 8,
  /// At its end for writing, made if there is none; an error if the last component is a link.
  PIPELINE_APPEND_UNLINKED = 9,
};

/// Stands for the working directory where a directory's descriptor is asked for.
int pipeline_current_directory(void);
int pipeline_working_directory(char *path, size_t capacity);
int pipeline_open(int directory, const char *path, int how, uint32_t permissions);
int pipeline_close(int descriptor);
int pipeline_status_at(int directory, const char *path, int follow, pipeline_status *status);
int pipeline_status_of(int descriptor, pipeline_status *status);
/// Of the executable that this process is.
int pipeline_status_of_program(pipeline_status *status);
int pipeline_make_directory(int directory, const char *path, uint32_t permissions);
int pipeline_remove_file(int directory, const char *path);
int pipeline_remove_directory(int directory, const char *path);
int pipeline_rename(int directory, const char *path, int to_directory, const char *to_path);
int64_t pipeline_read_link(int directory, const char *path, char *text, size_t capacity);
int pipeline_make_link(int directory, const char *path, const char *target);
int pipeline_set_permissions(int descriptor, uint32_t permissions);
/// Never through a link.
int pipeline_set_permissions_at(int directory, const char *path, uint32_t permissions);
/// 0 where this process may execute the file.
int pipeline_may_execute(int directory, const char *path);
int pipeline_resize(int descriptor, int64_t size);
/// Modification and access time become the file system's own now.
int pipeline_touch(int descriptor);
/// 1 where the file system's time stamps are finer than 20 ms.
int pipeline_has_fine_times(int descriptor);

/// Told of one entry; a value other than 0 ends the listing.
typedef int (*pipeline_visitor)(void *context, const char *name, size_t length, int kind);
/// Lists a directory without `.` and `..`. Closes the descriptor in any case.
int pipeline_list(int descriptor, pipeline_visitor visit, void *context);

enum { PIPELINE_SHARED = 0, PIPELINE_EXCLUSIVE = 1 };
/// -EWOULDBLOCK where another open file holds it.
int pipeline_try_lock(int descriptor, int mode);
int pipeline_unlock(int descriptor);

// MARK: Bytes of files, and their way to the disk (bytes.c)

int64_t pipeline_read(int descriptor, void *bytes, size_t count);
/// The same from an offset.
int64_t pipeline_read_at(int descriptor, void *bytes, size_t count, int64_t offset);
/// Makes the first `count` bytes of a file appear in memory, for reading; `count` is not 0.
int pipeline_map(int descriptor, size_t count, const void **bytes);
void pipeline_unmap(const void *bytes, size_t count);
/// Writes all of it or fails.
int pipeline_write(int descriptor, const void *bytes, size_t count);
/// The same at an offset.
int pipeline_write_at(int descriptor, const void *bytes, size_t count, int64_t offset);
/// Lets the disk begin with these bytes of a file, where the platform can be asked to.
void pipeline_begin_sync(int descriptor, int64_t from, int64_t count);
/// Waits until it is done with them, and lets go of the memory that keeps them; -EIO and the like
/// where they were lost. Whether they are safe, only `pipeline_sync` tells.
int pipeline_let_go(int descriptor, int64_t from, int64_t count);
/// As durable as the platform can make it.
int pipeline_sync(int descriptor);
/// The same for all that was written to the file system which the descriptor is on; -ENOSYS where
/// the system cannot do that, or would not tell of a failure.
int pipeline_sync_all(int descriptor);
/// Bytes of the whole machine that were written and are not on a disk; negative where that is not
/// known.
int64_t pipeline_unsynced_bytes(void);
/// A new file with the content of `source`, which keeps its position. Shares the blocks where the
/// file system can. Returns its descriptor; on failure there is no file.
int pipeline_copy(int source, int directory, const char *path, uint32_t permissions);

// MARK: Processes (spawn.c, processes.c)

typedef struct {
  /// With a slash; resolved from `directory` when relative.
  const char *executable;
  char *const *arguments;
  char *const *environment;
  /// Where the child works.
  int directory;
  /// Its standard input; -1 is /dev/null.
  int input;
  /// Its standard output and standard error.
  int output;
} pipeline_launch;

/// Starts a child in a session of its own, with default signals and no other descriptor.
int pipeline_spawn(const pipeline_launch *launch, pid_t *pid);

typedef struct {
  int32_t is_signal;
  /// Exit code or signal.
  int32_t value;
  int64_t cpu_nanoseconds;
  int64_t peak_memory_bytes;
} pipeline_exit;

/// Sees to it that children wait to be reaped, which a parent may have switched off.
int pipeline_keep_children(void);
/// Has processes whose parents end become children of this one, as far as descended from it;
/// -ENOSYS where the system cannot do that.
int pipeline_adopt_orphans(void);
/// A file that lists the adopted, for `pipeline_orphans`; -ENOSYS where there is none.
int pipeline_orphan_list(void);
/// The number of the adopted, at most `capacity` of them; their ids are written.
int64_t pipeline_orphans(int list, pid_t *pids, size_t capacity);
/// Reaps an adopted process that has ended. 1 where it still works.
int pipeline_reap_orphan(pid_t pid);
/// A descriptor that polls readable when the child has exited.
int pipeline_exit_descriptor(pid_t pid);
/// 1 where the child has exited and waits to be reaped, 0 where it still works.
int pipeline_has_exited(pid_t pid);
int pipeline_reap(pid_t pid, pipeline_exit *exit);

/// The number of processes; as many of their ids as there is room for are written.
int64_t pipeline_processes(pid_t *pids, size_t capacity);
/// Its session, or a negative errno.
pid_t pipeline_session(pid_t pid);
/// 1 where it still executes (a zombie does not). `start` is when it began, in the kernel's unit;
/// 0 where that is not known.
int pipeline_look(pid_t pid, uint64_t *start);
/// The process that it is a child of; 0 where that is not known.
pid_t pipeline_parent(pid_t pid);
/// 1 where its environment at start had exactly this `NAME=value`.
int pipeline_has_variable(pid_t pid, const char *entry, size_t length);
/// A hold on the process that has this id now; -ENOSYS where the platform has none.
int pipeline_hold(pid_t pid);
/// Signals the held process, or by id where `hold` is negative.
int pipeline_signal(pid_t pid, int hold, int signal);

// MARK: Waiting (events.c)

/// Both ends close-on-exec, neither blocks in `read` or `write`.
int pipeline_wake_pipe(int ends[2]);
/// Only reading does not block.
int pipeline_output_pipe(int ends[2]);
typedef void (*pipeline_body)(void *context);
/// Starts a detached thread that takes no signals.
int pipeline_start_thread(pipeline_body body, void *context);
typedef void (*pipeline_indexed_body)(void *context, size_t index);
/// Calls `body` once for each number below `count`, on as many threads as there are processors;
/// returns when all calls have.
void pipeline_for_each(size_t count, pipeline_indexed_body body, void *context);

/// Every SIGINT, SIGTERM and SIGHUP becomes one byte, its number, in `descriptor`, but for those
/// that were ignored when the process began; SIGPIPE is ignored.
int pipeline_catch_signals(int descriptor);
/// Back to what was before `pipeline_catch_signals`.
void pipeline_release_signals(void);

// MARK: The machine (machine.c)

/// How many processors this process may use; at least 1.
int pipeline_processor_count(void);

/// Bytes of memory of the whole machine; 0 where that is not known.
int64_t pipeline_memory_bytes(void);

/// Has threads allocate from places that they share, one for every two processors: each of its own
/// would keep what it has let go. Large pieces go back to the system at once. To be called before
/// there are any.
void pipeline_share_memory(void);

/// How many bytes of address space so many threads take that are not to be had under this process's
/// limit, `limit_bytes`; 0 where there is room. To be asked before there are any.
int64_t pipeline_missing_memory(size_t threads, int64_t *limit_bytes);

/// Nanoseconds since 1970.
int64_t pipeline_wall_clock(void);
/// Nanoseconds since some moment, never set back.
int64_t pipeline_steady_clock(void);
void pipeline_sleep(int64_t nanoseconds);
int pipeline_host_name(char *name, size_t capacity);
int pipeline_random(void *bytes, size_t count);
/// The process's environment, ended by a null pointer.
char *const *pipeline_environment(void);
void pipeline_error_text(int code, char *text, size_t capacity);
/// What tells one start of this machine from another; empty where it has no such thing.
int pipeline_boot(char *text, size_t capacity);

typedef struct pipeline_mutex pipeline_mutex;
pipeline_mutex *pipeline_mutex_make(void);
void pipeline_mutex_free(pipeline_mutex *mutex);
void pipeline_mutex_lock(pipeline_mutex *mutex);
void pipeline_mutex_unlock(pipeline_mutex *mutex);

/// A mutex under which threads can wait for each other.
typedef struct pipeline_monitor pipeline_monitor;
pipeline_monitor *pipeline_monitor_make(void);
void pipeline_monitor_free(pipeline_monitor *monitor);
void pipeline_monitor_lock(pipeline_monitor *monitor);
void pipeline_monitor_unlock(pipeline_monitor *monitor);
/// Lets go of the lock, and has it again when it returns: after a wake, or for no reason.
void pipeline_monitor_wait(pipeline_monitor *monitor);
/// Wakes all who wait.
void pipeline_monitor_wake(pipeline_monitor *monitor);

#endif
