package io.varve.store;

import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The text of a backup's manifest: UTF-8, a line each, ended by a line feed.
 *
 * <pre>
 *   varve-backup: 1
 *   store: 0b6a8f5e-...                        store id
 *   incarnation: 0
 *   first-position: 0                          -1 where there is no event, and so below
 *   position: 41
 *   events: 42
 *   chain: 8f14e45fceea167a                    chain hash of the last block, 16 digits
 *   seal: 60303ae22b998861...                  SHA-256 of the last block; no line where it has none
 *   created: 2026-01-01T00:00:00Z
 *   file: data.mdb 40960 9f86d081884c7d65...   name, bytes, SHA-256; one line or more
 *   checksum: 2c26b46b68ffc68f...              SHA-256 of all lines before
 * </pre>
 *
 * <p>Lines of other names are passed over: later versions may add some.
 */
final class ManifestText {
    /** No manifest is longer. */
    static final int MAX_BYTES = 1 << 16;

    private static final String FORMAT = "1";
    private static final String CHECKSUM = "checksum: ";
    private static final String REMEDY = "Use another backup.";

    private final Map<String, String> values = new HashMap<>();
    private final List<BackupManifest.FileEntry> files = new ArrayList<>();

    private ManifestText() {}

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    static byte[] write(BackupManifest manifest) {
        StringBuilder text = new StringBuilder();
        line(text, "varve-backup", FORMAT);
        line(text, "store", manifest.identity().storeId());
        line(text, "incarnation", manifest.identity().incarnation());
        line(text, "first-position", manifest.firstPosition());
        line(text, "position", manifest.position());
        line(text, "events", manifest.events());
        line(text, "chain", HexFormat.of().toHexDigits(manifest.chain()));
        manifest.seal().ifPresent(seal -> line(text, "seal", seal.sha256()));
        line(text, "created", manifest.created());
        manifest.files()
                .forEach(f -> line(text, "file", f.name() + " " + f.bytes() + " " + f.sha256()));
        String sum = sum(text.toString());
        return text.append(CHECKSUM)
                .append(sum)
                .append('\n')
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void line(StringBuilder text, String name, Object value) {
        text.append(name).append(": ").append(value).append('\n');
    }

    private static String sum(String text) {
        return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws StoreCorruptedException if it is anything else
     * @throws IncompatibleStoreException if it is of a newer version
     */
    static BackupManifest read(byte[] bytes, Path path) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int end = text.lastIndexOf(CHECKSUM);
        if (end < 0 || !text.substring(end).equals(CHECKSUM + sum(text.substring(0, end)) + "\n")) {
            throw damaged("it does not fit its checksum", path);
        }
        text.lines().findFirst().ifPresent(first -> checkFormat(first, path));
        ManifestText lines = new ManifestText();
        try {
            text.substring(0, end).lines().forEach(lines::take);
            return lines.manifest();
        } catch (IllegalArgumentException | DateTimeException e) {
            throw damaged(e.getMessage(), path);
        }
    }

    /** Before anything else is read: what follows may be written otherwise. */
    private static void checkFormat(String firstLine, Path path) {
        if (firstLine.startsWith("varve-backup: ") && !firstLine.endsWith(": " + FORMAT)) {
            throw new IncompatibleStoreException(
                    "A backup of another format: " + firstLine + " path=" + path,
                    "Restore it with a newer version of Varve.");
        }
    }

    private static StoreCorruptedException damaged(String how, Path path) {
        return new StoreCorruptedException(
                "the manifest of a backup: " + how + ": path=" + path, REMEDY);
    }

    private void take(String line) {
        int colon = line.indexOf(": ");
        if (colon < 0) {
            throw new IllegalArgumentException("a line without a name");
        }
        String name = line.substring(0, colon);
        String value = line.substring(colon + 2);
        if (name.equals("file")) {
            String[] parts = value.split(" ");
            if (parts.length != 3) {
                throw new IllegalArgumentException("a file without a size or a sum");
            }
            files.add(new BackupManifest.FileEntry(parts[0], Long.parseLong(parts[1]), parts[2]));
        } else if (values.put(name, value) != null) {
            throw new IllegalArgumentException("a line comes twice: " + name);
        }
    }

    private BackupManifest manifest() {
        return new BackupManifest(
                new StoreIdentity(UUID.fromString(value("store")), number("incarnation")),
                number("first-position"),
                number("position"),
                number("events"),
                HexFormat.fromHexDigitsToLong(value("chain")),
                Optional.ofNullable(values.get("seal"))
                        .map(sha -> new Seal(number("position"), sha)),
                Instant.parse(value("created")),
                files);
    }

    private String value(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("a line is missing: " + name);
        }
        return value;
    }

    private long number(String name) {
        return Long.parseLong(value(name));
    }
}
