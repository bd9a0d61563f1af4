package io.varve.store;

import io.varve.fuzz.FuzzTarget;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.VarveException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What the log, its neighbours and backups are read with. */
public final class StoreTargets {
    private StoreTargets() {}

    /** All of them. */
    public static List<FuzzTarget> all(Path folder) {
        return List.of(
                headers(),
                preamble(),
                FuzzedBlock.target(),
                base(),
                names(),
                manifest(),
                FuzzedQueries.target(folder.resolve("queries")));
    }

    private static FuzzTarget headers() {
        EventHeaders all =
                EventHeaders.NONE
                        .withEventId(new UUID(1, 2))
                        .withCorrelation("c")
                        .withCausation("\uFFFD")
                        .withUser(Map.of("n", "v", "m", ""));
        return FuzzTarget.of(
                "headers",
                List.of(written(all), written(EventHeaders.NONE.withCorrelation("only"))),
                input -> {
                    EventHeaders headers = HeadersCodec.read(BytesView.of(input));
                    byte[] bytes = written(headers);
                    FuzzTarget.check(
                            bytes.length == input.length
                                    && headers.equals(HeadersCodec.read(BytesView.of(bytes))),
                            headers);
                },
                StoreCorruptedException.class,
                IncompatibleStoreException.class);
    }

    private static byte[] written(EventHeaders headers) {
        BytesWriter out = new BytesWriter();
        HeadersCodec.write(headers, out);
        return out.toByteArray();
    }

    /** Notes what a preamble says, and can write it again. */
    static final class Names implements PreambleCodec.Visitor {
        final List<Object> all = new ArrayList<>();
        final BytesWriter out = new BytesWriter();

        @Override
        public void stream(int number, StreamId id) {
            all.add(number + " " + id);
            PreambleCodec.writeStream(number, id, out);
        }

        @Override
        public void type(int number, String name) {
            all.add(number + " " + name);
            PreambleCodec.writeType(number, name, out);
        }

        @Override
        public void key(AppendKey key) {
            all.add(key);
            PreambleCodec.writeKey(key, out);
        }

        @Override
        public void mark(AppendMark mark) {
            all.add(mark);
            PreambleCodec.writeMark(mark, out);
        }

        static Names of(BytesView bytes) {
            Names names = new Names();
            PreambleCodec.read(bytes, names);
            return names;
        }
    }

    static byte[] somePreamble() {
        Names some = new Names();
        some.stream(0, new StreamId("things", "a"));
        some.type(0, "Said");
        some.key(new AppendKey("key", 1_000, 2, new ContentHash(1, 2)));
        some.mark(new AppendMark(1_000, new RecordedMark("producer", 1, 0)));
        return some.out.toByteArray();
    }

    /** A block's checksums come first: who reads one is prepared for anything, see LogVerifier. */
    private static FuzzTarget preamble() {
        return FuzzTarget.of(
                "preamble",
                List.of(somePreamble()),
                input -> {
                    Names names = Names.of(BytesView.of(input));
                    FuzzTarget.check(names.all.equals(Names.of(names.out.view()).all), names.all);
                },
                VarveException.class,
                IndexOutOfBoundsException.class,
                IllegalArgumentException.class);
    }

    private static FuzzTarget base() {
        BytesWriter whole = new BytesWriter();
        new LogBase(7, 8, 9, 1, 2, "").write(whole);
        BytesWriter sealed = new BytesWriter();
        new LogBase(7, 8, 9, 1, 2, "ab".repeat(32)).write(sealed);
        return FuzzTarget.of(
                "base",
                List.of(whole.toByteArray(), sealed.toByteArray()),
                input -> {
                    LogBase base = LogBase.read(BytesView.of(input));
                    BytesWriter out = new BytesWriter();
                    base.write(out);
                    FuzzTarget.check(Arrays.equals(input, out.toByteArray()), base);
                },
                IncompatibleStoreException.class);
    }

    /** Chars of any kind, also halves of pairs: the first byte says how they are made. */
    public static String text(byte[] input) {
        if (input.length == 0) {
            return "";
        }
        byte[] rest = Arrays.copyOfRange(input, 1, input.length);
        return new String(
                rest,
                switch (input[0] & 3) {
                    case 0 -> StandardCharsets.ISO_8859_1;
                    case 1 -> StandardCharsets.UTF_16LE;
                    default -> StandardCharsets.UTF_8;
                });
    }

    private static FuzzTarget names() {
        Path root = Path.of("/root/of/all");
        return FuzzTarget.of(
                "names",
                List.of(
                        "2orders/order-7".getBytes(StandardCharsets.UTF_8),
                        "2..".getBytes(StandardCharsets.UTF_8),
                        "1a\0/\0b\0".getBytes(StandardCharsets.UTF_8)),
                input -> {
                    String text = text(input);
                    plainName(root, text);
                    int slash = text.indexOf('/');
                    StreamId id =
                            new StreamId(
                                    text.substring(0, Math.max(0, slash)),
                                    text.substring(slash + 1));
                    FuzzTarget.check(id.toString().equals(text), id);
                    BytesWriter out = new BytesWriter();
                    PreambleCodec.writeStream(1, id, out);
                    FuzzTarget.check(
                            out.size() == PreambleCodec.streamLength(id)
                                    && Names.of(out.view()).all.equals(List.of("1 " + id)),
                            id);
                },
                IllegalArgumentException.class,
                LimitExceededException.class);
    }

    /** What is a plain name is a file of that name, in the folder, on each file system. */
    private static void plainName(Path root, String text) {
        try {
            PlainName.check("store", text, 100);
        } catch (IllegalArgumentException e) {
            return;
        }
        Path file = root.resolve(text).normalize();
        FuzzTarget.check(
                file.getParent().equals(root) && file.getFileName().toString().equals(text), text);
    }

    /** Puts the checksum behind lines that may have one already. */
    public static byte[] sealed(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        int end = text.lastIndexOf("checksum: ");
        String lines = end < 0 ? text : text.substring(0, end);
        String sum =
                java.util.HexFormat.of()
                        .formatHex(
                                ManifestText.sha256()
                                        .digest(lines.getBytes(StandardCharsets.UTF_8)));
        return (lines + "checksum: " + sum + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static FuzzTarget manifest() {
        BackupManifest some =
                new BackupManifest(
                        new StoreIdentity(new UUID(3, 4), 1),
                        0,
                        41,
                        42,
                        77,
                        Optional.of(new Seal(41, "0a".repeat(32))),
                        Instant.EPOCH,
                        List.of(new BackupManifest.FileEntry("data.mdb", 40_960, "0b".repeat(32))));
        Path path = Path.of("manifest");
        return FuzzTarget.of(
                "backup-manifest",
                List.of(ManifestText.write(some)),
                input -> {
                    byte[] bytes = (input.length & 7) == 0 ? input : sealed(input);
                    BackupManifest manifest = ManifestText.read(bytes, path);
                    byte[] written = ManifestText.write(manifest);
                    FuzzTarget.check(manifest.equals(ManifestText.read(written, path)), manifest);
                },
                StoreCorruptedException.class,
                IncompatibleStoreException.class);
    }
}
