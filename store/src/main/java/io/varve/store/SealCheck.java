package io.varve.store;

import io.varve.store.SealReport.Kind;
import io.varve.store.SealReport.Violation;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.LmdbCursor;
import io.varve.store.lmdb.LmdbReader;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * Computes the hashes of all blocks again, and compares them with those in the blocks and with
 * seals. One use.
 *
 * <p>Each block is judged by the hash that the one before it carries. So who changes a block is
 * found there; who changes its hash as well, at the next block; who changes all that follow, at the
 * seal.
 */
final class SealCheck {
    /** Blocks of one transaction. */
    private static final int BLOCKS = 256;

    private final Log log;
    private final long head;
    private final LongConsumer reached;
    private final TreeMap<Long, List<Seal>> seals = new TreeMap<>();
    private final List<Seal> confirmed = new ArrayList<>();
    private final List<Seal> truncated = new ArrayList<>();
    private final List<Violation> violations = new ArrayList<>();
    private final MessageDigest digest = ShaChain.digest();
    private final BlockView block = new BlockView();
    private final byte[] previous = new byte[ShaChain.BYTES];
    private final byte[] stored = new byte[ShaChain.BYTES];

    /** Whether the hash of the block before is known. */
    private boolean linked = true;

    private long next;
    private long blocks;

    /** Where blocks do not fit first: a seal behind that says nothing. */
    private long firstFault = Long.MAX_VALUE;

    /**
     * A check.
     *
     * @param head the last position to look at
     * @param reached is told the next position to look at, now and then
     */
    SealCheck(Log log, long head, List<Seal> seals, LongConsumer reached) {
        this.log = log;
        this.head = head;
        this.reached = reached;
        seals.forEach(
                seal ->
                        this.seals
                                .computeIfAbsent(seal.position(), p -> new ArrayList<>())
                                .add(seal));
    }

    /**
     * Checks.
     *
     * @param from the first position whose block must have a hash
     */
    SealReport run(long from) {
        LogBase base = log.base();
        next = Math.max(from, base.firstPosition());
        if (next == base.firstPosition()) {
            System.arraycopy(base.shaBytes(), 0, previous, 0, ShaChain.BYTES);
            judgeBefore(base);
        }
        long first = next;
        while (next <= head && walk()) {
            reached.accept(next); // walk() has done what one transaction should
        }
        // Whatever was not met: no block ends there.
        seals.keySet().forEach(position -> add(Kind.SEAL_BROKEN, position));
        confirmed.removeIf(seal -> seal.position() >= firstFault);
        long last = next > first ? next - 1 : -1;
        return new SealReport(first, last, blocks, confirmed, truncated, violations);
    }

    /** Seals of what was truncated: the last of it can be judged, the rest cannot. */
    private void judgeBefore(LogBase base) {
        if (base.firstPosition() == 0) {
            return;
        }
        long edge = base.firstPosition() - 1;
        seals.headMap(edge).values().forEach(truncated::addAll);
        seals.headMap(edge).clear();
        if (!base.sha().isEmpty()) {
            judge(edge, previous);
        }
    }

    private boolean walk() {
        try (LmdbReader reader = log.metaReader()) {
            LmdbCursor cursor = log.cursor(reader);
            boolean found = cursor.seek(next);
            for (int i = 0; found && next <= head && i < BLOCKS; i++) {
                long key = cursor.longKey();
                cursor.value(block.bytes());
                look(key);
                next = key + 1;
                found = cursor.next();
            }
            if (!found && next <= head) {
                add(Kind.MISSING, head);
            }
            return found;
        } finally {
            block.release();
        }
    }

    private void look(long key) {
        blocks++;
        try {
            block.check(key);
        } catch (StoreCorruptedException | IncompatibleStoreException e) {
            add(Kind.DAMAGED, key);
            linked = false;
            return;
        }
        if (block.firstPosition() != next) {
            add(Kind.MISSING, block.firstPosition() - 1);
            linked = false;
        }
        if (!block.isSealed()) {
            add(Kind.UNSEALED, key);
            linked = false;
            return;
        }
        block.sha(stored);
        if (linked && !Arrays.equals(stored, block.computeSha(previous, digest))) {
            add(Kind.CHANGED, key);
        }
        System.arraycopy(stored, 0, previous, 0, ShaChain.BYTES);
        linked = true;
        judge(key, stored);
    }

    private void judge(long position, byte[] sha) {
        List<Seal> here = seals.remove(position);
        if (here == null) {
            return;
        }
        for (Seal seal : here) {
            if (seal.sha256().equals(ShaChain.hex(sha))) {
                confirmed.add(seal);
            } else {
                add(Kind.SEAL_BROKEN, position);
            }
        }
    }

    private void add(Kind kind, long position) {
        violations.add(new Violation(kind, position));
        if (kind != Kind.SEAL_BROKEN) {
            firstFault = Math.min(firstFault, position);
        }
    }
}
