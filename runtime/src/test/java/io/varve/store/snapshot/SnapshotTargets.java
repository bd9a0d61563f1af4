package io.varve.store.snapshot;

import io.varve.fuzz.FuzzTarget;
import io.varve.store.StoreTargets;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.state.Checkpoint;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** Headers and keys of snapshots of streams. */
public final class SnapshotTargets {
    private SnapshotTargets() {}

    /** All of them. */
    public static List<FuzzTarget> all() {
        return List.of(header(), keys());
    }

    private static FuzzTarget header() {
        SnapshotHeader some =
                new SnapshotHeader(3, new Checkpoint(new UUID(1, 2), 0, 41, 7), 5, "things");
        BytesWriter out = new BytesWriter();
        some.write(out);
        out.putUtf8("state");
        return FuzzTarget.of(
                "snapshot-header",
                List.of(out.toByteArray()),
                input -> {
                    BytesView row = BytesView.of(input);
                    SnapshotHeader header = SnapshotHeader.read(row);
                    byte[] state = row.toByteArray();
                    BytesWriter written = new BytesWriter();
                    header.write(written);
                    BytesView again = written.putBytes(state).view();
                    FuzzTarget.check(
                            header.equals(SnapshotHeader.read(again)) && again.equals(row), header);
                },
                SnapshotHeader.Unreadable.class);
    }

    /** Keys of a fold are told from all others by what they begin with. */
    private static FuzzTarget keys() {
        return FuzzTarget.of(
                "snapshot-keys",
                List.of("2fold".getBytes(StandardCharsets.UTF_8)),
                input -> {
                    String name = StoreTargets.text(input);
                    SnapshotKeys keys = new SnapshotKeys(name);
                    byte[] key = keys.snapshot("stream", 7).toByteArray();
                    String found = new String(key, 1, key[0], StandardCharsets.UTF_8);
                    FuzzTarget.check(found.equals(name) && key.length <= 511, name);
                },
                IllegalArgumentException.class,
                LimitExceededException.class);
    }
}
