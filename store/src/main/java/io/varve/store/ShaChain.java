package io.varve.store;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 of each block and of all before it, as blocks are written. One thread at a time.
 *
 * <pre>
 *   committed ──restart──▶ pending ──link(block)──▶ pending ... ──commit──▶ committed
 * </pre>
 */
final class ShaChain {
    /** Bytes of a hash. */
    static final int BYTES = 32;

    private final MessageDigest digest = digest();
    private byte[] committed = new byte[BYTES];
    private byte[] pending = committed;
    private boolean on;

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    static String hex(byte[] sha) {
        return HexFormat.of().formatHex(sha);
    }

    /** Hashes from now on, behind what the log holds. */
    void begin(byte[] last) {
        committed = last.clone();
        pending = committed;
        on = true;
    }

    boolean isOn() {
        return on;
    }

    /** How much longer a header is. */
    int headerBytes() {
        return on ? BYTES : 0;
    }

    /** Forgets what was not committed. */
    void restart() {
        pending = committed;
    }

    void commit() {
        committed = pending;
    }

    /** The hash of the last committed block. */
    byte[] committed() {
        return committed.clone();
    }

    /** Hashes a block, which is ready but for its hash, and writes that into it. */
    void link(byte[] head, int length, BlockSlices bodies) {
        digest.update(pending);
        digest.update(head, 0, BlockFormat.SHA);
        digest.update(head, BlockFormat.SHA + BYTES, length - BlockFormat.SHA - BYTES);
        bodies.forEach(digest::update);
        pending = digest.digest();
        System.arraycopy(pending, 0, head, BlockFormat.SHA, BYTES);
    }
}
