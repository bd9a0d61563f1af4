package io.varve.runtime;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * Lines of a name and a value, with a checksum that tells whether they are as they were written:
 * UTF-8, a line each, ended by a line feed.
 *
 * <pre>
 *   NAME: VALUE
 *   ...
 *   checksum: 2c26b46b68ffc68f...   SHA-256 of all lines before
 * </pre>
 */
final class SealedText {
    private static final String CHECKSUM = "checksum: ";

    private SealedText() {}

    static void line(StringBuilder text, String name, Object value) {
        text.append(name).append(": ").append(value).append('\n');
    }

    /** Puts the checksum behind some lines. */
    static byte[] write(String lines) {
        return (lines + CHECKSUM + sum(lines) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Values by name; empty if anything is not as it was written. */
    static Optional<Map<String, String>> read(byte[] bytes) {
        // Bytes that are no UTF-8 become other characters, which the checksum tells.
        String text = new String(bytes, StandardCharsets.UTF_8);
        int end = text.lastIndexOf(CHECKSUM);
        if (end < 0 || !text.substring(end).equals(CHECKSUM + sum(text.substring(0, end)) + "\n")) {
            return Optional.empty();
        }
        Map<String, String> values = new HashMap<>();
        for (String line : text.substring(0, end).split("\n")) {
            int colon = Math.max(0, line.indexOf(": "));
            values.put(
                    line.substring(0, colon), line.substring(Math.min(line.length(), colon + 2)));
        }
        return Optional.of(values);
    }

    /** SHA-256 of a text in UTF-8, in hexadecimal digits. */
    static String sum(String text) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
