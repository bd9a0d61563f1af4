package io.varve.fuzz;

import io.varve.projections.ProjectionTargets;
import io.varve.runtime.RuntimeTargets;
import io.varve.store.StoreTargets;
import io.varve.store.lmdb.PageTargets;
import io.varve.store.snapshot.SnapshotTargets;
import io.varve.store.state.StateTargets;
import io.varve.store.transfer.TransferTargets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * All targets, and their corpora: of each a file in {@code fuzz/}, an input a line, deflated and in
 * Base64.
 */
final class FuzzTargets {
    private FuzzTargets() {}

    /** All targets; those that need files keep them in a folder. */
    static List<FuzzTarget> all(Path folder) throws Exception {
        List<FuzzTarget> all = new ArrayList<>(SerdeTargets.all());
        all.addAll(StoreTargets.all(folder));
        all.addAll(PageTargets.all(folder));
        all.addAll(TransferTargets.all(folder));
        all.addAll(StateTargets.all(folder));
        all.addAll(SnapshotTargets.all());
        all.addAll(ProjectionTargets.all());
        all.addAll(RuntimeTargets.all(folder));
        return all;
    }

    /** The seeds of a target and its corpus. */
    static List<byte[]> corpus(FuzzTarget target) throws IOException {
        List<byte[]> corpus = new ArrayList<>(target.seeds());
        try (InputStream in =
                FuzzTargets.class.getResourceAsStream("/fuzz/" + target.name() + ".txt")) {
            if (in != null) {
                String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
                for (String line : text.lines().toList()) {
                    corpus.add(unpacked(line));
                }
            }
        }
        return corpus;
    }

    private static byte[] unpacked(String line) throws IOException {
        byte[] bytes = Base64.getDecoder().decode(line);
        try (InputStream in = new InflaterInputStream(new java.io.ByteArrayInputStream(bytes))) {
            return in.readAllBytes();
        }
    }

    /** A line of a corpus. */
    static String packed(byte[] input) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream out =
                new DeflaterOutputStream(bytes, new Deflater(Deflater.BEST_COMPRESSION))) {
            out.write(input);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
