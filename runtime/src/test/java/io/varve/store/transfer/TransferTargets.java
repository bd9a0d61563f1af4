package io.varve.store.transfer;

import io.varve.fuzz.FuzzTarget;
import io.varve.store.EventHeaders;
import io.varve.store.EventStore;
import io.varve.store.ProgressListener;
import io.varve.store.RecordedEvent;
import io.varve.store.StoreConfig;
import io.varve.store.StreamId;
import io.varve.store.errors.ImportException;
import io.varve.store.errors.VarveException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Files of events: cut into items, read item by item, and imported as a whole. */
public final class TransferTargets {
    private static final int LIMIT = 1 << 20;
    private static final int FILES_OF_A_STORE = 5_000;

    private TransferTargets() {}

    /** All of them. */
    public static List<FuzzTarget> all(Path folder) throws IOException {
        List<FuzzTarget> all = new ArrayList<>();
        for (TransferFormat format : TransferFormat.values()) {
            String name = format == TransferFormat.CBOR ? "cbor" : "lines";
            all.add(items("items-" + name, format));
            all.add(whole("import-" + name, format, folder.resolve("import-" + name)));
        }
        return all;
    }

    private static List<Item> some() {
        EventHeaders headers =
                EventHeaders.NONE
                        .withEventId(new UUID(1, 2))
                        .withCorrelation("c")
                        .withCausation("d")
                        .withUser(Map.of("n", "v"));
        return List.of(
                new Item.Header(new UUID(3, 4), 0, 1, 5),
                event(0, "a", 0, EventHeaders.NONE, "{\"a\":[1,2.5,null]}"),
                event(1, "b", 0, headers, "\u0001no JSON"),
                event(2, "a", 1, EventHeaders.NONE, ""));
    }

    private static Item event(
            long position, String key, long version, EventHeaders headers, String payload) {
        return new Item.Event(
                new RecordedEvent(
                        position,
                        new StreamId("things", key),
                        version,
                        "Said",
                        1_000,
                        2_000,
                        headers,
                        payload.getBytes(StandardCharsets.UTF_8)));
    }

    /** Items, as EventImport reads each, with the errors it is prepared for. */
    private static FuzzTarget items(String name, TransferFormat format) throws IOException {
        ItemWriter writer = new ItemWriter(format);
        ItemReader reader = new ItemReader(format);
        List<byte[]> seeds = new ArrayList<>();
        for (Item item : some()) {
            seeds.add(writer.write(item));
        }
        seeds.add(writer.write(new Item.Trailer(3, "0a".repeat(32))));
        return FuzzTarget.of(
                name,
                seeds,
                input -> {
                    ItemInput in = new ItemInput(new ByteArrayInputStream(input), format, LIMIT);
                    byte[] bytes = in.next();
                    Item item = reader.read(bytes);
                    Item again = reader.read(writer.write(item));
                    FuzzTarget.check(item.equals(again), item + " became " + again);
                },
                VarveException.class,
                IOException.class,
                IllegalArgumentException.class,
                ArithmeticException.class,
                IndexOutOfBoundsException.class);
    }

    /** A whole file, whose trailer is made to fit what stands before it. */
    private static FuzzTarget whole(String name, TransferFormat format, Path folder)
            throws IOException {
        ItemWriter writer = new ItemWriter(format);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        for (Item item : some()) {
            file.write(writer.write(item));
        }
        byte[] some = file.toByteArray();
        EventStore[] store = new EventStore[1];
        int[] files = {0};
        return FuzzTarget.of(
                name,
                List.of(some, ended(some, format, writer)),
                input -> {
                    if (files[0]++ % FILES_OF_A_STORE == 0) {
                        store[0] = another(store[0], folder.resolve("s" + files[0]));
                    }
                    byte[] bytes = inCategory(input, files[0]);
                    EventImport.read(
                            store[0],
                            format,
                            new ByteArrayInputStream(ended(bytes, format, writer)),
                            ProgressListener.none());
                },
                ImportException.class);
    }

    /** The same in a category that no other file has: else its streams were there already. */
    private static byte[] inCategory(byte[] input, int number) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        return text.replace("things", String.format("t%05d", number % 100_000))
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static EventStore another(EventStore last, Path folder) throws IOException {
        if (last != null) {
            last.close();
        }
        Files.createDirectories(folder.getParent());
        return EventStore.open(
                StoreConfig.at(folder)
                        .withDurability(
                                io.varve.store.Durability.async(java.time.Duration.ofSeconds(1))));
    }

    /** With a trailer that fits; what has one already is left as it is. */
    private static byte[] ended(byte[] input, TransferFormat format, ItemWriter writer)
            throws IOException {
        if (new String(input, StandardCharsets.ISO_8859_1).contains("sha256")) {
            return input;
        }
        MessageDigest digest = EventExport.sha256();
        ItemInput items = new ItemInput(new ByteArrayInputStream(input), format, LIMIT);
        long count = -1;
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try {
            for (byte[] item = items.next(); item.length > 0; item = items.next()) {
                digest.update(item);
                file.write(item);
                count++;
            }
        } catch (ImportException | ArithmeticException e) {
            return input; // it is not made of items
        }
        String sum = HexFormat.of().formatHex(digest.digest());
        file.write(writer.write(new Item.Trailer(count, sum)));
        return file.toByteArray();
    }
}
