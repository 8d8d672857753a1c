#!/usr/bin/env bash
# gcc 12.2.0-14+deb12u1 (Debian 12, `cc1` of the package cpp-12), on x86-64 with FMA.
#
# Expected: with `-ffp-contract=off` a product is rounded before anything is added to it, so that the same C gives the same
#           bits at every level of optimisation, and on chips with and without fused multiply-add.
# Seen:     with `-O3 -mfma` a loop that turns complex numbers (re = a c - b s, im = b c + a s) is vectorised, and its
#           subtraction and addition side by side become one `vfmaddsub`, which rounds once. Without `-ftree-vectorize`, or
#           with `-O2`, nothing is fused. So three numbers of ten have other bits.
# Matters:  who holds a detector on a chip against the one on a server bit by bit forbids contraction, and a Fourier transform
#           in C differs from itself all the same. `-fno-tree-vectorize`, or `#pragma GCC optimize("no-tree-vectorize")` in the
#           file, helps.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download --quiet --quiet cpp-12=12.2.0-14+deb12u1 libisl23=0.25-1.1 libmpc3=1.3.1-1 libmpfr6=4.2.0-1 \
    libgmp10=2:6.2.1+dfsg1-1.1 2> apt.log || { cat apt.log; exit 1; }
for package in *.deb; do dpkg-deb --extract "$package" root; done
cc1=$(find "$folder/root" -type f -name cc1)
LD_LIBRARY_PATH=$(dirname "$(find "$folder/root" -name 'libisl.so.23')")
export LD_LIBRARY_PATH
cat > turn.c <<'C'
void turn(float *restrict out, const float *restrict x, float cosine, float sine, int count)
{
    for (int i = 0; i < count; i++) {
        float re = x[2 * i], im = x[2 * i + 1];
        out[2 * i] = re * cosine - im * sine;
        out[2 * i + 1] = im * cosine + re * sine;
    }
}
C
cat > main.c <<'C'
#include <stdio.h>
#include <string.h>
void turn(float *, const float *, float, float, int);
void turn_plain(float *, const float *, float, float, int);
int main(void)
{
    enum { COUNT = 5000 };
    static float x[2 * COUNT], one[2 * COUNT], other[2 * COUNT];
    unsigned state = 1;
    for (int i = 0; i < 2 * COUNT; i++) {
        state = state * 1664525u + 1013904223u;
        x[i] = (float)(state >> 8) / 16777216.0f - 0.5f;
    }
    turn(one, x, 0.92387953f, 0.38268343f, COUNT);
    turn_plain(other, x, 0.92387953f, 0.38268343f, COUNT);
    int differ = 0;
    for (int i = 0; i < 2 * COUNT; i++) differ += memcmp(&one[i], &other[i], sizeof one[i]) != 0;
    printf("%d of %d numbers have other bits\n", differ, 2 * COUNT);
    return 0;
}
C
forbidden="-quiet -O3 -mavx2 -mfma -ffp-contract=off"
# shellcheck disable=SC2086
"$cc1" $forbidden turn.c -o turn.s
# shellcheck disable=SC2086
"$cc1" $forbidden -fno-tree-vectorize -Dturn=turn_plain turn.c -o plain.s
fused=$(grep -c 'vfmaddsub' turn.s || true)
plain=$(grep -c 'vfm' plain.s || true)
unset LD_LIBRARY_PATH
cc -o run main.c turn.s plain.s
bits=$(./run)
echo "-O3 -mfma -ffp-contract=off: $fused fused instructions, without vectorising $plain; $bits"
[ "$fused" -gt 0 ] || { echo "nothing is fused any more"; exit 1; }
[ "$plain" -eq 0 ] || { echo "it fuses without vectorising, too"; exit 1; }
case $bits in "0 of"*) echo "the bits are the same"; exit 1 ;; esac
