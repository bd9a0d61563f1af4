package io.varve.store;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Follows the hashes of a log, block by block, and says which block does not fit: each is judged by
 * the hash that the one before it carries. A log without hashes is followed, too. One thread.
 */
final class ShaWalk {
    private final MessageDigest digest = ShaChain.digest();
    private final OptionalLong from;
    private byte[] previous;

    /** Whether the block before has a hash. */
    private boolean on;

    /** Whether it was told that the row is missing. */
    private boolean told;

    /** Whether the hash of the block before is known. */
    private boolean linked = true;

    /**
     * A walk that begins where the log does.
     *
     * @param base what the first block follows
     * @param from the first position whose block must have a hash; empty where none must
     */
    ShaWalk(LogBase base, OptionalLong from) {
        this.from = from;
        previous = base.shaBytes();
        on = !base.sha().isEmpty();
    }

    /** A place to go back to. */
    record Mark(byte[] previous, boolean on) {}

    Mark mark() {
        return new Mark(previous, on);
    }

    void goBackTo(Mark mark) {
        previous = mark.previous();
        on = mark.on();
    }

    /** A block is missing or damaged: the next one cannot be judged. */
    void lose() {
        linked = false;
    }

    /**
     * Takes the next block, which fits its checksums.
     *
     * @return what is wrong with its hash
     */
    Optional<String> take(BlockView block) {
        boolean must = on || from.isPresent() && block.lastPosition() >= from.getAsLong();
        if (!block.isSealed()) {
            linked = !must; // the first block with a hash follows zeros
            return must
                    ? Optional.of("it has no SHA-256, but from an earlier one on all must have one")
                    : Optional.empty();
        }
        boolean fits = !linked || Arrays.equals(sha(block), block.computeSha(previous, digest));
        previous = sha(block);
        on = true;
        linked = true;
        if (!fits) {
            return Optional.of("it does not fit its SHA-256, or that of the block before");
        }
        if (from.isEmpty() && !told) {
            told = true;
            return Optional.of("it has a SHA-256, but the row that says since when is missing");
        }
        return Optional.empty();
    }

    private static byte[] sha(BlockView block) {
        byte[] sha = new byte[ShaChain.BYTES];
        block.sha(sha);
        return sha;
    }

    /** The seal of the last block, which ends at a position; empty where it has no hash. */
    Optional<Seal> seal(long position) {
        return on && linked && position >= 0
                ? Optional.of(new Seal(position, ShaChain.hex(previous)))
                : Optional.empty();
    }
}
