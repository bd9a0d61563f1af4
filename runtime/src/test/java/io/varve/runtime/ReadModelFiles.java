package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** The folders of read models, as tests look at them and damage them. */
final class ReadModelFiles {
    private ReadModelFiles() {}

    static Path generation(Path models, String projection) {
        return models.resolve(projection).resolve("generation-1-v1");
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    /** All rows of all tables, and the checkpoint, of one that nobody has open. */
    static List<String> rows(Path folder, Projection projection) {
        List<String> rows = new ArrayList<>();
        BytesView all = BytesView.of(new byte[0]);
        StateConfig config =
                StateConfig.at(folder)
                        .withTables(projection.topology().tables().toArray(String[]::new))
                        .withTables(Definition.TABLE);
        try (StateEnvironment open = StateEnvironment.open(config);
                StateView view = open.view()) {
            for (String table : config.tables().stream().sorted().toList()) {
                view.table(table)
                        .scan(
                                all,
                                all,
                                (key, value) ->
                                        rows.add(table + " " + hex(key) + "=" + hex(value)));
            }
            rows.add(view.checkpoint().map(Checkpoint::toString).orElse("none"));
        }
        return rows;
    }

    private static String hex(BytesView bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    /** The bytes of a digest, as they are stored. */
    static byte[] stored(Notes.Digest digest) {
        BytesWriter out = new BytesWriter();
        out.putLong(digest.count()).putLong(digest.hash());
        return out.toByteArray();
    }

    /** Flips a bit of a file. */
    static void flipAt(Path file, long at) throws IOException {
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.seek(at);
            int before = out.read();
            out.seek(at);
            out.write(before ^ 4);
        }
    }

    /** Flips a bit in each place of a file where some bytes stand; also while it is mapped. */
    static void flip(Path file, byte[] needle) throws IOException {
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        String wanted = new String(needle, StandardCharsets.ISO_8859_1);
        int found = 0;
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            for (int at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
                out.seek(at + 3);
                out.write(needle[3] ^ 4);
                found++;
            }
        }
        if (found == 0) {
            throw new AssertionError("nothing to damage in " + file);
        }
    }
}
