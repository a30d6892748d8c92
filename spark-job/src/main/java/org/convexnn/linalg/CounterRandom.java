package org.convexnn.linalg;

/**
 * A counter-based random stream: value k of stream s under a seed is a hash of (seed, s, k), so a
 * stream never depends on what other streams were drawn before it. The mixing function is
 * SplitMix64's finaliser (Steele, Lea, Flood, OOPSLA 2014).
 */
public final class CounterRandom {

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final long key;
  private long counter;

  /** The stream with this number under this seed, at its beginning. */
  public CounterRandom(long seed, long stream) {
    this.key = mix(mix(seed) + GOLDEN * (stream + 1));
  }

  /** A bijective 64-bit hash. */
  public static long mix(long z) {
    long x = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
    return x ^ (x >>> 31);
  }

  /** Maps 64 random bits to [0, 1). */
  public static double uniform(long bits) {
    return (bits >>> 11) * 0x1.0p-53;
  }

  /** The next 64 bits. */
  public long nextLong() {
    return mix(key + GOLDEN * ++counter);
  }

  /** The next number in [0, 1). */
  public double nextDouble() {
    return uniform(nextLong());
  }

  /** The next integer in [0, bound). */
  public int nextInt(int bound) {
    return (int) (nextDouble() * bound);
  }

  /** The next standard normal number (Box and Muller; StrictMath, so the same on every machine). */
  public double nextGaussian() {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
    return radius * StrictMath.cos(2 * StrictMath.PI * nextDouble());
  }
}
