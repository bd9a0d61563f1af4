package io.varve.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/**
 * What a file's bytes come to.
 *
 * @param bytes how many
 * @param sha256 of them, hexadecimal
 */
record FileSum(long bytes, String sha256) {
    private static final int BUFFER = 1 << 18;

    /** Sums a file up; the consumer is told how many bytes were read since it was told last. */
    static FileSum of(Path file, LongConsumer read) throws IOException {
        return copy(file, OutputStream.nullOutputStream(), read);
    }

    /** Sums a file up while it is copied. */
    static FileSum copy(Path file, OutputStream out, LongConsumer read) throws IOException {
        MessageDigest digest = ManifestText.sha256();
        byte[] buffer = new byte[BUFFER];
        long bytes = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
                out.write(buffer, 0, count);
                bytes += count;
                read.accept(count);
            }
        }
        return new FileSum(bytes, HexFormat.of().formatHex(digest.digest()));
    }
}
