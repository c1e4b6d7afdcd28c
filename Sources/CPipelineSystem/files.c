#define _GNU_SOURCE
#include "CPipelineSystem.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__APPLE__)
#include <mach-o/dyld.h>
#include <sys/mount.h>
#include <sys/param.h>
#else
#include <sys/syscall.h>
#include <sys/vfs.h>
#endif

int pipeline_current_directory(void) { return AT_FDCWD; }

int pipeline_working_directory(char *path, size_t capacity) {
  return getcwd(path, capacity) != NULL ? 0 : -errno;
}

// A directory that is reached without passing a link, by one call instead of one per component.
static int open_unlinked(int directory, const char *path) {
#if defined(__linux__)
#if !defined(SYS_openat2)
#define SYS_openat2 437
#endif
  // As <linux/openat2.h> has them, which older systems lack.
  struct {
    uint64_t flags, mode, resolve;
  } how = {.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOCTTY, .resolve = 0x04 /* no links */};
  for (;;) {
    long descriptor = syscall(SYS_openat2, directory, path, &how, sizeof how);
    if (descriptor >= 0) return (int)descriptor;
    if (errno != EINTR) return -errno;
  }
#else
  (void)directory;
  (void)path;
  return -ENOSYS;
#endif
}

#if defined(__linux__)
// Set once a file was met that is another's: only its owner may leave its time of reading alone.
static _Atomic int is_time_kept;

// Opens for reading. That a file was read is written down by the system, at a price, where it was
// changed since it was read last; who reads thousands that were only touched need not pay it.
static int open_for_reading(int directory, const char *path, int flags) {
  if (!is_time_kept) {
    int descriptor = openat(directory, path, flags | O_NOATIME);
    if (descriptor >= 0 || errno != EPERM) return descriptor;
    is_time_kept = 1;
  }
  return openat(directory, path, flags);
}
#else
#define open_for_reading openat
#endif

int pipeline_open(int directory, const char *path, int how, uint32_t permissions) {
  int flags = O_CLOEXEC | O_NOCTTY;
  switch (how) {
    case PIPELINE_READ: flags |= O_RDONLY | O_NONBLOCK; break;
    case PIPELINE_NEW: flags |= O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW; break;
    case PIPELINE_MAKE: flags |= O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK; break;
    case PIPELINE_OPEN_DIRECTORY: flags |= O_RDONLY | O_DIRECTORY; break;
    case PIPELINE_OPEN_REAL_DIRECTORY: flags |= O_RDONLY | O_DIRECTORY | O_NOFOLLOW; break;
    case PIPELINE_APPEND: flags |= O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK; break;
    case PIPELINE_REWRITE:
      flags |= O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK;
      break;
    case PIPELINE_OPEN_UNLINKED_DIRECTORY: return open_unlinked(directory, path);
    case PIPELINE_READ_UNLINKED: flags |= O_RDONLY | O_NONBLOCK | O_NOFOLLOW; break;
    case PIPELINE_APPEND_UNLINKED:
      flags |= O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK;
      break;
    default: return -EINVAL;
  }
  const int is_reading = how == PIPELINE_READ || how == PIPELINE_READ_UNLINKED;
  for (;;) {
    int descriptor = is_reading ? open_for_reading(directory, path, flags)
                                : openat(directory, path, flags, (mode_t)permissions);
    if (descriptor >= 0) return descriptor;
    if (errno != EINTR) return -errno;
  }
}

// The descriptor is gone even when this fails, so it is not repeated.
int pipeline_close(int descriptor) {
  if (close(descriptor) == 0 || errno == EINTR) return 0;
  return -errno;
}

static int kind_of_mode(mode_t mode) {
  if (S_ISREG(mode)) return PIPELINE_FILE;
  if (S_ISDIR(mode)) return PIPELINE_DIRECTORY;
  if (S_ISLNK(mode)) return PIPELINE_LINK;
  return PIPELINE_OTHER;
}

static void translate(const struct stat *from, pipeline_status *to) {
  to->kind = kind_of_mode(from->st_mode);
  to->permissions = from->st_mode & 07777;
  to->size = from->st_size;
  to->inode = from->st_ino;
  to->device = (uint64_t)from->st_dev;
  to->links = from->st_nlink;
  to->owner = from->st_uid;
#if defined(__APPLE__)
  to->modified_seconds = from->st_mtimespec.tv_sec;
  to->modified_nanoseconds = (int32_t)from->st_mtimespec.tv_nsec;
  to->changed_seconds = from->st_ctimespec.tv_sec;
  to->changed_nanoseconds = (int32_t)from->st_ctimespec.tv_nsec;
#else
  to->modified_seconds = from->st_mtim.tv_sec;
  to->modified_nanoseconds = (int32_t)from->st_mtim.tv_nsec;
  to->changed_seconds = from->st_ctim.tv_sec;
  to->changed_nanoseconds = (int32_t)from->st_ctim.tv_nsec;
#endif
}

int pipeline_status_at(int directory, const char *path, int follow, pipeline_status *status) {
  struct stat result;
  int flags = follow ? 0 : AT_SYMLINK_NOFOLLOW;
  if (fstatat(directory, path, &result, flags) != 0) return -errno;
  translate(&result, status);
  return 0;
}

int pipeline_status_of(int descriptor, pipeline_status *status) {
  struct stat result;
  if (fstat(descriptor, &result) != 0) return -errno;
  translate(&result, status);
  return 0;
}

int pipeline_status_of_program(pipeline_status *status) {
#if defined(__APPLE__)
  char path[4096];
  uint32_t capacity = sizeof path;
  if (_NSGetExecutablePath(path, &capacity) != 0) return -ENAMETOOLONG;
  return pipeline_status_at(AT_FDCWD, path, 1, status);
#else
  return pipeline_status_at(AT_FDCWD, "/proc/self/exe", 1, status);
#endif
}

int pipeline_make_directory(int directory, const char *path, uint32_t permissions) {
  return mkdirat(directory, path, (mode_t)permissions) == 0 ? 0 : -errno;
}

int pipeline_remove_file(int directory, const char *path) {
  return unlinkat(directory, path, 0) == 0 ? 0 : -errno;
}

int pipeline_remove_directory(int directory, const char *path) {
  return unlinkat(directory, path, AT_REMOVEDIR) == 0 ? 0 : -errno;
}

int pipeline_rename(int directory, const char *path, int to_directory, const char *to_path) {
  return renameat(directory, path, to_directory, to_path) == 0 ? 0 : -errno;
}

int64_t pipeline_read_link(int directory, const char *path, char *text, size_t capacity) {
  ssize_t count = readlinkat(directory, path, text, capacity);
  return count >= 0 ? count : -errno;
}

int pipeline_make_link(int directory, const char *path, const char *target) {
  return symlinkat(target, directory, path) == 0 ? 0 : -errno;
}

int pipeline_set_permissions(int descriptor, uint32_t permissions) {
  return fchmod(descriptor, (mode_t)permissions) == 0 ? 0 : -errno;
}

int pipeline_set_permissions_at(int directory, const char *path, uint32_t permissions) {
  return fchmodat(directory, path, (mode_t)permissions, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : -errno;
}

int pipeline_may_execute(int directory, const char *path) {
  return faccessat(directory, path, X_OK, AT_EACCESS) == 0 ? 0 : -errno;
}

int pipeline_resize(int descriptor, int64_t size) {
  return ftruncate(descriptor, size) == 0 ? 0 : -errno;
}

int pipeline_touch(int descriptor) { return futimens(descriptor, NULL) == 0 ? 0 : -errno; }

int pipeline_has_fine_times(int descriptor) {
  struct statfs system;
  if (fstatfs(descriptor, &system) != 0) return -errno;
#if defined(__APPLE__)
  return strcmp(system.f_fstypename, "apfs") == 0;
#else
  switch ((uint32_t)system.f_type) {
    case 0xEF53:      // ext4; ext2 and ext3 too, which give themselves away by whole seconds
    case 0x58465342:  // xfs
    case 0x9123683E:  // btrfs
    case 0x01021994:  // tmpfs
      return 1;
    default: return 0;
  }
#endif
}

static int kind_of_entry(int directory, const struct dirent *entry) {
  switch (entry->d_type) {
    case DT_REG: return PIPELINE_FILE;
    case DT_DIR: return PIPELINE_DIRECTORY;
    case DT_LNK: return PIPELINE_LINK;
    case DT_UNKNOWN: break;
    default: return PIPELINE_OTHER;
  }
  // Some file systems do not keep the kind in the directory.
  struct stat status;
  if (fstatat(directory, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) return -errno;
  return kind_of_mode(status.st_mode);
}

int pipeline_list(int descriptor, pipeline_visitor visit, void *context) {
  DIR *stream = fdopendir(descriptor);
  if (stream == NULL) {
    int code = errno;
    close(descriptor);
    return -code;
  }
  int result = 0;
  for (;;) {
    errno = 0;
    const struct dirent *entry = readdir(stream);
    if (entry == NULL) {
      result = -errno;
      break;
    }
    const char *name = entry->d_name;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
    int kind = kind_of_entry(descriptor, entry);
    if (kind == -ENOENT) continue;  // removed meanwhile
    if (kind < 0) {
      result = kind;
      break;
    }
    if (visit(context, name, strlen(name), kind) != 0) break;
  }
  closedir(stream);
  return result;
}

int pipeline_try_lock(int descriptor, int mode) {
  int operation = (mode == PIPELINE_EXCLUSIVE ? LOCK_EX : LOCK_SH) | LOCK_NB;
  while (flock(descriptor, operation) != 0) {
    if (errno != EINTR) return -errno;
  }
  return 0;
}

int pipeline_unlock(int descriptor) { return flock(descriptor, LOCK_UN) == 0 ? 0 : -errno; }
