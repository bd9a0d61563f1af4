package io.varve.store.state;

import io.varve.fuzz.FuzzTarget;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.RowChecksum;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Marks and checkpoints of keyed state. */
public final class StateTargets {
    private static final RowChecksum CHECKSUM = new RowChecksum("none");

    private StateTargets() {}

    /** All of them. */
    public static List<FuzzTarget> all(Path folder) {
        return List.of(checkpoint(), mark(folder.resolve("mark")));
    }

    private static byte[] row(byte[] value) {
        int sum = CHECKSUM.of(CheckpointRow.KEY, BytesView.of(value));
        return new BytesWriter().putInt(sum).putBytes(value).toByteArray();
    }

    private static FuzzTarget checkpoint() {
        BytesWriter out = new BytesWriter();
        CheckpointRow.write(new Checkpoint(new UUID(1, 2), 0, 41, 7), out);
        return FuzzTarget.of(
                "checkpoint",
                List.of(out.toByteArray()),
                input -> {
                    byte[] row = (input.length & 7) == 7 ? input : row(input);
                    Checkpoint checkpoint = CheckpointRow.read(CHECKSUM, BytesView.of(row));
                    CheckpointRow.write(checkpoint, out);
                    FuzzTarget.check(Arrays.equals(row, row(out.toByteArray())), checkpoint);
                },
                StoreCorruptedException.class,
                IllegalArgumentException.class);
    }

    /** Whatever it says, the folder is judged, and what is no mark of ours is left as it was. */
    private static FuzzTarget mark(Path folder) {
        Path file = folder.resolve(StateMark.NAME);
        return FuzzTarget.of(
                "mark",
                List.of(
                        "clean\n".getBytes(StandardCharsets.UTF_8),
                        "state".getBytes(StandardCharsets.UTF_8)),
                input -> {
                    Files.createDirectories(folder);
                    Files.write(file, input);
                    StateMark.of(folder).wasClean();
                    boolean blank = new String(input, StandardCharsets.ISO_8859_1).trim().isEmpty();
                    FuzzTarget.check(
                            blank || Arrays.equals(input, Files.readAllBytes(file)), "changed");
                });
    }
}
