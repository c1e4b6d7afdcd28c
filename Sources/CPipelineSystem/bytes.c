#define _GNU_SOURCE
#include "CPipelineSystem.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__APPLE__)
#include <sys/clonefile.h>
#else
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#endif

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
