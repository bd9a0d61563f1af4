package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.store.transfer.EventExport;
import io.varve.store.transfer.EventImport;
import io.varve.store.transfer.TransferFormat;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Payloads that are nearly JSON: marks of encodings, blanks, comments before and behind it. */
class PayloadPrefixTest {
    private static final int PAYLOADS = 2_000;
    private static final StreamId A = TestEvents.stream("a");
    private static final String[] JSON = {
        "{}", "[1,2]", "\"text\"", "7", "true", "null", "{\"a\":[{}]}", "-0.5e3", ""
    };
    private static final byte[][] MARKS = {
        {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF},
        {(byte) 0xFE, (byte) 0xFF},
        {(byte) 0xFF, (byte) 0xFE},
        {0, 0, (byte) 0xFE, (byte) 0xFF},
        {(byte) 0xC2, (byte) 0xA0},
        {(byte) 0xE2, (byte) 0x80, (byte) 0xA8},
        {0x1E},
        {' '},
        {'\t'},
        {'/', '/'},
        {'/', '*', '*', '/'},
        {'#'},
        {0x7F},
        {},
    };

    @TempDir Path folder;

    private static List<byte[]> payloads() {
        SplittableRandom random = new SplittableRandom(11);
        List<byte[]> payloads = new ArrayList<>();
        for (byte[] mark : MARKS) {
            payloads.add(joined(mark, "{}".getBytes(StandardCharsets.UTF_8), new byte[0]));
        }
        while (payloads.size() < PAYLOADS) {
            byte[] json = JSON[random.nextInt(JSON.length)].getBytes(StandardCharsets.UTF_8);
            byte[] before = MARKS[random.nextInt(MARKS.length)];
            byte[] behind =
                    random.nextInt(4) == 0 ? MARKS[random.nextInt(MARKS.length)] : MARKS[13];
            if (random.nextInt(3) == 0) {
                before = new byte[random.nextInt(4)];
                random.nextBytes(before);
            }
            payloads.add(joined(before, json, behind));
        }
        return payloads;
    }

    private static byte[] joined(byte[] a, byte[] b, byte[] c) {
        byte[] all = new byte[a.length + b.length + c.length];
        System.arraycopy(a, 0, all, 0, a.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        System.arraycopy(c, 0, all, a.length + b.length, c.length);
        return all;
    }

    @ParameterizedTest
    @EnumSource(TransferFormat.class)
    void shouldComeBackByteForByte(TransferFormat format) {
        List<byte[]> payloads = payloads();
        Path file = folder.resolve("events");
        try (EventStore from = EventStore.open(folder.resolve("from"));
                EventStore to = EventStore.open(folder.resolve("to"))) {
            NewEvent[] events =
                    payloads.stream()
                            .map(bytes -> NewEvent.of("T", bytes))
                            .toArray(NewEvent[]::new);
            from.append(A, ExpectedVersion.any(), events);
            EventExport.write(from, EventQuery.all(), format, file, ProgressListener.none());
            EventImport.read(to, format, file, ProgressListener.none());
            List<RecordedEvent> back = to.readList(EventQuery.all());
            assertEquals(payloads.size(), back.size());
            for (int i = 0; i < back.size(); i++) {
                assertArrayEquals(payloads.get(i), back.get(i).payload(), "payload=" + i);
            }
        }
    }
}
