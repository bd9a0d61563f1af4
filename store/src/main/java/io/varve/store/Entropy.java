package io.varve.store;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * Numbers that nobody can foretell, from the operating system where it has a device for them:
 * {@link SecureRandom}, which reads the same one, takes a new JVM tens of milliseconds to make
 * ready. Thread-safe.
 */
final class Entropy {
    private static final String DEVICE = "/dev/urandom";

    private Entropy() {}

    static long nextLong() {
        try (InputStream in = new FileInputStream(DEVICE)) {
            byte[] bytes = in.readNBytes(Long.BYTES);
            if (bytes.length == Long.BYTES) {
                return ByteBuffer.wrap(bytes).getLong();
            }
        } catch (IOException e) {
            return new SecureRandom().nextLong(); // no such device, or it may not be opened
        }
        return new SecureRandom().nextLong();
    }
}
