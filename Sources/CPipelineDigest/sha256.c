// What the kernels share: choosing one, cutting the bytes into blocks, padding.

#include "CPipelineDigest.h"

#include <stdatomic.h>
#include <string.h>

#include "sha256_kernels.h"

enum { block_size = 64, length_size = 8 };

static bool is_available(pipeline_sha256_kernel kernel) {
  switch (kernel) {
    case pipeline_sha256_kernel_portable:
      return true;
    case pipeline_sha256_kernel_x86:
#if SHA256_HAS_X86
      return pipeline_sha256_x86_available();
#else
      return false;
#endif
    case pipeline_sha256_kernel_arm:
#if SHA256_HAS_ARM
      return pipeline_sha256_arm_available();
#else
      return false;
#endif
  }
  return false;
}

static void compress(pipeline_sha256 *state, const uint8_t *blocks, size_t count) {
  switch (state->kernel) {
    case pipeline_sha256_kernel_x86:
#if SHA256_HAS_X86
      pipeline_sha256_x86_compress(state->words, blocks, count);
      return;
#else
      break;
#endif
    case pipeline_sha256_kernel_arm:
#if SHA256_HAS_ARM
      pipeline_sha256_arm_compress(state->words, blocks, count);
      return;
#else
      break;
#endif
    case pipeline_sha256_kernel_portable:
      break;
  }
  pipeline_sha256_portable_compress(state->words, blocks, count);
}

static void begin(pipeline_sha256 *state, pipeline_sha256_kernel kernel) {
  *state = (pipeline_sha256){
      .words = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19},
      .kernel = kernel,
  };
}

pipeline_sha256_kernel pipeline_sha256_in_use(void) {
  // Zero as long as nobody asked, then the kernel and one. Remembered, because asking an x86
  // processor in a virtual machine costs as much as many blocks. Threads that come first together
  // all find the same, so it does not matter whose answer stays.
  static _Atomic(uint32_t) remembered = 0;
  uint32_t known = atomic_load_explicit(&remembered, memory_order_relaxed);
  if (known == 0) {
    pipeline_sha256_kernel kernel = pipeline_sha256_kernel_portable;
    if (is_available(pipeline_sha256_kernel_x86)) kernel = pipeline_sha256_kernel_x86;
    if (is_available(pipeline_sha256_kernel_arm)) kernel = pipeline_sha256_kernel_arm;
    known = (uint32_t)kernel + 1;
    atomic_store_explicit(&remembered, known, memory_order_relaxed);
  }
  return (pipeline_sha256_kernel)(known - 1);
}

const char *pipeline_sha256_name(pipeline_sha256_kernel kernel) {
  switch (kernel) {
    case pipeline_sha256_kernel_portable:
      return "portable";
    case pipeline_sha256_kernel_x86:
      return "x86-sha";
    case pipeline_sha256_kernel_arm:
      return "arm-sha2";
  }
  return "unknown";
}

void pipeline_sha256_begin(pipeline_sha256 *state) { begin(state, pipeline_sha256_in_use()); }

bool pipeline_sha256_begin_with(pipeline_sha256 *state, pipeline_sha256_kernel kernel) {
  if (!is_available(kernel)) return false;
  begin(state, kernel);
  return true;
}

void pipeline_sha256_update(pipeline_sha256 *state, const void *bytes, size_t count) {
  if (count == 0) return;
  const uint8_t *next = bytes;
  size_t waiting = state->length % block_size;
  state->length += count;

  if (waiting > 0) {
    size_t room = block_size - waiting;
    size_t taken = count < room ? count : room;
    memcpy(state->block + waiting, next, taken);
    if (taken < room) return;
    compress(state, state->block, 1);
    next += taken;
    count -= taken;
  }

  // Whole blocks are read where they lie; only what remains of them is copied.
  size_t whole = count / block_size;
  if (whole > 0) compress(state, next, whole);
  size_t rest = count % block_size;
  if (rest > 0) memcpy(state->block, next + whole * block_size, rest);
}

void pipeline_sha256_finish(pipeline_sha256 *state, uint8_t out[32]) {
  size_t filled = state->length % block_size;
  uint64_t bits = state->length * 8;

  state->block[filled++] = 0x80;
  if (filled > block_size - length_size) {
    memset(state->block + filled, 0, block_size - filled);
    compress(state, state->block, 1);
    filled = 0;
  }
  memset(state->block + filled, 0, block_size - length_size - filled);
  for (size_t i = 0; i < length_size; i++) {
    state->block[block_size - 1 - i] = (uint8_t)(bits >> (8 * i));
  }
  compress(state, state->block, 1);

  for (size_t i = 0; i < 32; i++) {
    out[i] = (uint8_t)(state->words[i / 4] >> (24 - 8 * (i % 4)));
  }
}
