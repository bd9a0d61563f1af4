package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.OptionalLong;

/**
 * Tells whether two batches say the same: the first half of a SHA-256 over, for each event in
 * order, its stream, type, given time, headers and payload, and over the producer mark. What is
 * expected of streams is no part of it.
 *
 * @param high its first 8 bytes
 * @param low its next 8 bytes
 */
record ContentHash(long high, long low) {
    static final int BYTES = 2 * Long.BYTES;

    static ContentHash of(EventBatch batch) {
        MessageDigest digest = sha256();
        BytesWriter part = new BytesWriter();
        // Streams and types by their numbers in the batch, which count in the order of first use.
        for (int i = 0; i < batch.size(); i++) {
            part.reset().putInt(batch.streamOf(i)).putInt(batch.typeOf(i)).putLong(batch.time(i));
            part.putInt(batch.headersLength(i)).putInt(batch.bodyLength(i));
            digest.update(part.array(), 0, part.size());
            digest.update(batch.bytes(), batch.start(i), batch.bodyLength(i));
        }
        part.reset().putInt(batch.streamCount()).putInt(batch.typeCount());
        for (int i = 0; i < batch.streamCount(); i++) {
            putText(batch.stream(i).category(), part);
            putText(batch.stream(i).key(), part);
        }
        for (int i = 0; i < batch.typeCount(); i++) {
            putText(batch.type(i), part);
        }
        batch.mark().ifPresent(mark -> putMark(mark, part));
        digest.update(part.array(), 0, part.size());
        BytesView hash = BytesView.of(digest.digest());
        return new ContentHash(hash.getLong(0), hash.getLong(Long.BYTES));
    }

    private static void putMark(ProducerMark mark, BytesWriter out) {
        OptionalLong previous = mark.previous();
        putText(mark.producer(), out);
        out.putLong(mark.epoch()).putByte(previous.isPresent() ? 1 : 0);
        out.putLong(previous.orElse(0)).putLong(mark.position());
    }

    private static void putText(String text, BytesWriter out) {
        int at = out.putInt(0).size();
        out.putUtf8(text);
        out.setInt(at - Integer.BYTES, out.size() - at);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
