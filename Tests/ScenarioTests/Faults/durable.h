// Writes down what a tree holds: `faults.c` does it for all that is synced, `shown.c` for all there
// is. `Outage.swift` reads both.
//
// A folder keeps, for every file by its number and its birth (numbers are used again):
//
//   e…  of a directory: what it holds, a line for each entry: kind, number, name
//   c…  of a file or link: its content
//   m…  of a file: its mode and the time it was written
#ifndef DURABLE_H
#define DURABLE_H
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// `statx` of the C library stands under another header than its structure does here.
static inline int look(int descriptor, const char *path, struct statx *status) {
  int flags = AT_SYMLINK_NOFOLLOW | (path[0] ? 0 : 0x1000);
  return (int)syscall(SYS_statx, descriptor, path, flags, STATX_BASIC_STATS | STATX_BTIME, status);
}

static inline char kind_of(const struct statx *status) {
  switch (status->stx_mode & 0170000) {
    case 0040000: return 'd';
    case 0100000: return 'f';
    case 0120000: return 'l';
    default: return '?';
  }
}

static inline void name_of(const struct statx *status, char *text, size_t size) {
  long long born = status->stx_mask & STATX_BTIME ? status->stx_btime.tv_sec * 1000000000ll + status->stx_btime.tv_nsec : 0;
  snprintf(text, size, "%llu-%lld", (unsigned long long)status->stx_ino, born);
}

// All of a file; the caller frees it.
static inline char *content_of(int descriptor, size_t *size) {
  size_t room = 4096;
  char *bytes = malloc(room);
  *size = 0;
  for (;;) {
    if (*size == room) bytes = realloc(bytes, room *= 2);
    long count = syscall(SYS_pread64, descriptor, bytes + *size, room - *size, (long)*size);
    if (count <= 0) return bytes;
    *size += (size_t)count;
  }
}

// Replaces what is kept under a name.
static inline void keep(int folder, char letter, const char *id, const void *bytes, size_t size) {
  char name[96];
  snprintf(name, sizeof name, "%c%s", letter, id);
  int file = (int)syscall(SYS_openat, folder, "new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return;
  for (size_t done = 0; done < size;) {
    long count = syscall(SYS_write, file, (const char *)bytes + done, size - done);
    if (count <= 0) break;
    done += (size_t)count;
  }
  syscall(SYS_close, file);
  syscall(SYS_renameat2, folder, "new", folder, name, 0);
}

static inline void keep_file(int folder, int file) {
  struct statx status;
  char id[64], meta[96];
  if (look(file, "", &status) != 0) return;
  name_of(&status, id, sizeof id);
  size_t size;
  char *bytes = content_of(file, &size);
  keep(folder, 'c', id, bytes, size);
  free(bytes);
  int length = snprintf(meta, sizeof meta, "%o %lld %u", status.stx_mode & 07777, (long long)status.stx_mtime.tv_sec, status.stx_mtime.tv_nsec);
  keep(folder, 'm', id, meta, (size_t)length);
}

// Keeps what a directory holds, and all below it where that is wanted.
static inline void keep_directory(int folder, int directory, int is_deep) {
  struct statx status;
  char id[64];
  if (look(directory, "", &status) != 0) return;
  name_of(&status, id, sizeof id);
  size_t size = 0, room = 4096;
  char *lines = malloc(room);
  int listed = (int)syscall(SYS_openat, directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  DIR *list = listed < 0 ? NULL : fdopendir(listed);
  struct dirent *entry;
  while (list && (entry = readdir(list))) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (look(directory, entry->d_name, &status) != 0) continue;
    char other[64], kind = kind_of(&status);
    name_of(&status, other, sizeof other);
    if (size + 512 > room) lines = realloc(lines, room *= 2);
    size += (size_t)snprintf(lines + size, room - size, "%c %s %s\n", kind, other, entry->d_name);
    if (kind == 'l') {
      // A link has no content that could be lost without it.
      char to[4096];
      long length = syscall(SYS_readlinkat, directory, entry->d_name, to, sizeof to);
      if (length > 0) keep(folder, 'c', other, to, (size_t)length);
    } else if (is_deep && (kind == 'd' || kind == 'f')) {
      int child = (int)syscall(SYS_openat, directory, entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
      if (child < 0) continue;
      if (kind == 'd') keep_directory(folder, child, 1);
      else keep_file(folder, child);
      syscall(SYS_close, child);
    }
  }
  if (list) closedir(list);
  keep(folder, 'e', id, lines, size);
  free(lines);
}
#endif
