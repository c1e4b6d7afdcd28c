// SHA-256 with the SHA-2 instructions of 64-bit ARM.

#include "sha256_kernels.h"

#if SHA256_HAS_ARM

#include <arm_neon.h>

#if defined(__linux__)
#include <sys/auxv.h>
#endif

bool pipeline_sha256_arm_available(void) {
#if defined(__APPLE__)
  return true;  // Every 64-bit ARM processor of Apple's has them.
#elif defined(__linux__)
  const unsigned long sha2 = 1ul << 6;  // HWCAP_SHA2 of the kernel's <asm/hwcap.h>
  return (getauxval(AT_HWCAP) & sha2) != 0;
#else
  return false;
#endif
}

__attribute__((target("sha2")))
void pipeline_sha256_arm_compress(uint32_t words[8], const uint8_t *blocks, size_t count) {
  uint32x4_t abcd = vld1q_u32(words);
  uint32x4_t efgh = vld1q_u32(words + 4);

  for (; count > 0; count--, blocks += 64) {
    const uint32x4_t abcd_before = abcd;
    const uint32x4_t efgh_before = efgh;
    // The last sixteen words of the schedule, four to a register, as a ring.
    uint32x4_t ring[4];

#pragma clang loop unroll(full)
    for (int group = 0; group < 16; group++) {
      uint32x4_t *four = &ring[group & 3];
      if (group < 4) {
        *four = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(blocks + 16 * group)));
      } else {
        uint32x4_t sum = vsha256su0q_u32(*four, ring[(group + 1) & 3]);
        *four = vsha256su1q_u32(sum, ring[(group + 2) & 3], ring[(group + 3) & 3]);
      }
      uint32x4_t added = vaddq_u32(*four, vld1q_u32(pipeline_sha256_constants + 4 * group));
      uint32x4_t abcd_old = abcd;
      abcd = vsha256hq_u32(abcd, efgh, added);
      efgh = vsha256h2q_u32(efgh, abcd_old, added);
    }

    abcd = vaddq_u32(abcd, abcd_before);
    efgh = vaddq_u32(efgh, efgh_before);
  }

  vst1q_u32(words, abcd);
  vst1q_u32(words + 4, efgh);
}

#endif
