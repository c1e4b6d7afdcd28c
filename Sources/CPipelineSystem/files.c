#define _GNU_SOURCE
#include "CPipelineSystem.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__APPLE__)
#include <mach-o/dyld.h>
#include <sys/clonefile.h>
#include <sys/mount.h>
#include <sys/param.h>
#else
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
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

int pipeline_open(int directory, const char *path, int how, uint32_t permissions) {
  int flags = O_CLOEXEC | O_NOCTTY;
  switch (how) {
    case PIPELINE_READ: flags |= O_RDONLY | O_NONBLOCK; break;
    case PIPELINE_NEW: flags |= O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW; break;
    case PIPELINE_MAKE: flags |= O_RDWR | O_CREAT | O_NONBLOCK; break;
    case PIPELINE_OPEN_DIRECTORY: flags |= O_RDONLY | O_DIRECTORY; break;
    case PIPELINE_OPEN_REAL_DIRECTORY: flags |= O_RDONLY | O_DIRECTORY | O_NOFOLLOW; break;
    case PIPELINE_APPEND: flags |= O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK; break;
    case PIPELINE_REWRITE:
      flags |= O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK;
      break;
    case PIPELINE_OPEN_UNLINKED_DIRECTORY: return open_unlinked(directory, path);
    case PIPELINE_READ_UNLINKED: flags |= O_RDONLY | O_NONBLOCK | O_NOFOLLOW; break;
    default: return -EINVAL;
  }
  for (;;) {
    int descriptor = openat(directory, path, flags, (mode_t)permissions);
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

int pipeline_map(int descriptor, size_t count, const void **bytes) {
  int flags = MAP_PRIVATE;
#if defined(MAP_POPULATE)
  flags |= MAP_POPULATE;
#endif
  void *start = mmap(NULL, count, PROT_READ, flags, descriptor, 0);
  if (start == MAP_FAILED) return -errno;
  *bytes = start;
  return 0;
}

void pipeline_unmap(const void *bytes, size_t count) { munmap((void *)bytes, count); }

int64_t pipeline_read(int descriptor, void *bytes, size_t count) {
  for (;;) {
    ssize_t done = read(descriptor, bytes, count);
    if (done >= 0) return done;
    if (errno != EINTR) return -errno;
  }
}

int64_t pipeline_read_at(int descriptor, void *bytes, size_t count, int64_t offset) {
  for (;;) {
    ssize_t done = pread(descriptor, bytes, count, (off_t)offset);
    if (done >= 0) return done;
    if (errno != EINTR) return -errno;
  }
}

int pipeline_write(int descriptor, const void *bytes, size_t count) {
  const char *next = bytes;
  while (count > 0) {
    // More than INT_MAX at once is refused on some platforms.
    size_t piece = count < (1u << 30) ? count : (1u << 30);
    ssize_t done = write(descriptor, next, piece);
    if (done < 0) {
      if (errno == EINTR) continue;
      return -errno;
    }
    next += done;
    count -= (size_t)done;
  }
  return 0;
}

int pipeline_write_at(int descriptor, const void *bytes, size_t count, int64_t offset) {
  const char *next = bytes;
  while (count > 0) {
    ssize_t done = pwrite(descriptor, next, count, (off_t)offset);
    if (done < 0) {
      if (errno == EINTR) continue;
      return -errno;
    }
    next += done;
    offset += done;
    count -= (size_t)done;
  }
  return 0;
}

void pipeline_begin_sync(int descriptor, int64_t from, int64_t count) {
#if defined(SYNC_FILE_RANGE_WRITE)
  // Refused, it is all done at the end.
  (void)sync_file_range(descriptor, from, count, SYNC_FILE_RANGE_WRITE);
#else
  (void)descriptor, (void)from, (void)count;
#endif
}

int pipeline_let_go(int descriptor, int64_t from, int64_t count) {
#if defined(SYNC_FILE_RANGE_WRITE)
  if (sync_file_range(descriptor, from, count, SYNC_FILE_RANGE_WAIT_BEFORE) != 0) {
    // A loss that is told here is not told again by `fsync`; all else means that it cannot be done.
    if (errno == EIO || errno == ENOSPC || errno == EDQUOT) return -errno;
    return 0;
  }
  (void)posix_fadvise(descriptor, from, count, POSIX_FADV_DONTNEED);
#else
  (void)descriptor, (void)from, (void)count;
#endif
  return 0;
}

int pipeline_sync(int descriptor) {
#if defined(__APPLE__)
  // There, fsync leaves the bytes in the drive's own memory.
  if (fcntl(descriptor, F_FULLFSYNC) == 0) return 0;
#endif
  while (fsync(descriptor) != 0) {
    if (errno != EINTR) return -errno;
  }
  return 0;
}

#if defined(__linux__)

// Before Linux 5.8 syncfs was silent about bytes that were lost on the way. Of file systems that
// lie on others, or far away, it is not certain what it does.
static int can_sync_all(int descriptor) {
  struct utsname system;
  int major = 0, minor = 0;
  if (uname(&system) != 0 || sscanf(system.release, "%d.%d", &major, &minor) != 2) return 0;
  if (major < 5 || (major == 5 && minor < 8)) return 0;
  struct statfs place;
  if (fstatfs(descriptor, &place) != 0) return 0;
  switch ((uint32_t)place.f_type) {
    case 0xEF53:      // ext4
    case 0x58465342:  // xfs
    case 0x9123683E:  // btrfs
    case 0x01021994:  // tmpfs
      return 1;
    default: return 0;
  }
}

int pipeline_sync_all(int descriptor) {
  if (!can_sync_all(descriptor)) return -ENOSYS;
  return syncfs(descriptor) == 0 ? 0 : -errno;
}

int64_t pipeline_unsynced_bytes(void) {
  int descriptor = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return -errno;
  char text[4096];
  ssize_t count = read(descriptor, text, sizeof text - 1);
  close(descriptor);
  if (count < 0) return -EIO;
  text[count] = 0;
  long long dirty = 0, underway = 0;
  const char *line = strstr(text, "\nDirty:");
  if (line == NULL || sscanf(line, "\nDirty: %lld", &dirty) != 1) return -ENOSYS;
  line = strstr(text, "\nWriteback:");
  if (line != NULL) (void)sscanf(line, "\nWriteback: %lld", &underway);
  return (dirty + underway) * 1024;
}

#else

int pipeline_sync_all(int descriptor) {
  (void)descriptor;
  return -ENOSYS;
}

int64_t pipeline_unsynced_bytes(void) { return -ENOSYS; }

#endif

int pipeline_make_directory(int directory, const char *path) {
  return mkdirat(directory, path, 0777) == 0 ? 0 : -errno;
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

// From offset `done` on: what block sharing and copying in the kernel could not do.
static int copy_bytes(int source, int target, off_t done) {
  // Threads of Swift's pool have small stacks.
  char buffer[64 * 1024];
  for (;;) {
    ssize_t count = pread(source, buffer, sizeof buffer, done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return -errno;
    if (count == 0) return 0;
    int result = pipeline_write(target, buffer, (size_t)count);
    if (result < 0) return result;
    done += count;
  }
}

#if !defined(__APPLE__)
static int copy_content(int source, int target) {
#if !defined(FICLONE)
#define FICLONE _IOW(0x94, 9, int)
#endif
  if (ioctl(target, FICLONE, source) == 0) return 0;
  off_t done = 0;
#if defined(SYS_copy_file_range)
  for (;;) {
    loff_t from = done;
    ssize_t count = syscall(SYS_copy_file_range, source, &from, target, NULL, 1 << 30, 0);
    if (count < 0 && errno == EINTR) continue;
    // An error, or nothing where there may be something (files of /proc): bytes will tell.
    if (count <= 0) break;
    done += count;
  }
#endif
  return copy_bytes(source, target, done);
}
#endif

int pipeline_copy(int source, int directory, const char *path, uint32_t permissions) {
  int target = pipeline_open(directory, path, PIPELINE_NEW, permissions);
  if (target < 0) return target;
#if defined(__APPLE__)
  // A clone is a new file with the source's mode, so the file made first tells what the process's
  // mask leaves of the permissions, and makes way.
  struct stat made;
  if (fstat(target, &made) == 0 && unlinkat(directory, path, 0) == 0) {
    close(target);
    if (fclonefileat(source, directory, path, 0) == 0) {
      int clone = openat(directory, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
      if (clone >= 0 && fchmod(clone, made.st_mode & 07777) == 0) return clone;
      if (clone >= 0) close(clone);
      unlinkat(directory, path, 0);
    }
    target = pipeline_open(directory, path, PIPELINE_NEW, permissions);
    if (target < 0) return target;
  }
#endif
#if defined(__APPLE__)
  int result = copy_bytes(source, target, 0);
#else
  int result = copy_content(source, target);
#endif
  if (result == 0) return target;
  close(target);
  unlinkat(directory, path, 0);
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
