package io.varve.store;

import io.varve.fuzz.FuzzTarget;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.Crc;
import io.varve.store.bytes.Memory;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.VarveException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Blocks of any bytes, most of them with checksums that fit: checked, read as the log's readers do,
 * and written again from what was read.
 */
final class FuzzedBlock {
    private static final StreamId STREAM = new StreamId("things", "a");
    private static final long FIRST = 1_000;

    private final BlockView view = new BlockView();
    private final ByteBuffer memory = ByteBuffer.allocateDirect(1 << 18);
    private final List<Event> events = new ArrayList<>();

    private FuzzedBlock() {}

    /** What a block says of an event. */
    private record Event(
            int stream, long version, int type, long time, EventHeaders headers, List<Byte> body) {}

    static FuzzTarget target() {
        FuzzedBlock block = new FuzzedBlock();
        return FuzzTarget.of(
                "block",
                List.of(
                        block.some(false, 1, 10),
                        block.some(false, 9, 20),
                        block.some(true, 3, 40),
                        block.some(true, 40, 60)),
                block::take,
                StoreCorruptedException.class,
                IncompatibleStoreException.class,
                FuzzTarget.Refused.class);
    }

    private byte[] some(boolean sealed, int count, int bytes) {
        events.clear();
        for (int i = 0; i < count; i++) {
            EventHeaders headers =
                    i % 3 == 1 ? EventHeaders.NONE.withCorrelation("c" + i) : EventHeaders.NONE;
            events.add(
                    new Event(i % 4 / 2, i / 2, i % 5 / 4, 1_000 + i, headers, boxed(bytes + i)));
        }
        return written(StoreTargets.somePreamble(), sealed);
    }

    private static List<Byte> boxed(int count) {
        List<Byte> bytes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            bytes.add((byte) (i * 37));
        }
        return bytes;
    }

    private void take(byte[] input) throws FuzzTarget.Refused {
        byte[] bytes = (input.length & 7) == 0 ? input : forged(input);
        read(bytes);
        boolean sealed = view.isSealed();
        List<Event> found = List.copyOf(events);
        List<Object> names = names().all;
        byte[] again = written(names().out.toByteArray(), sealed);
        read(again);
        FuzzTarget.check(found.equals(events) && names.equals(names().all), found);
    }

    private StoreTargets.Names names() throws FuzzTarget.Refused {
        StoreTargets.Names names = new StoreTargets.Names();
        try {
            view.names(names);
        } catch (VarveException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new FuzzTarget.Refused(e);
        }
        return names;
    }

    private void read(byte[] bytes) throws FuzzTarget.Refused {
        view.bytes().wrap(bytes, 0, bytes.length);
        long last = -1;
        if (bytes.length >= BlockFormat.HEADER) {
            ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            last = in.getLong(BlockFormat.FIRST_POSITION) + in.getInt(BlockFormat.COUNT) - 1;
        }
        view.check(last);
        try {
            readEvents();
        } catch (VarveException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new FuzzTarget.Refused(e); // as verifying is prepared for
        }
    }

    /** As LogVerifier reads them. */
    private void readEvents() {
        events.clear();
        int end = view.bodies();
        BytesView lent = new BytesView();
        for (int i = 0; i < view.count(); i++) {
            if (view.start(i) != end || view.end(i) < view.body(i)) {
                throw new IllegalArgumentException("its bytes lie where none can be");
            }
            end = view.end(i);
            BlockFields fields = view.fields();
            int place = fields.place(i);
            int length = fields.headersLength(place);
            lent.wrap(view.bytes(), view.body(i), length);
            EventHeaders headers = HeadersCodec.read(lent);
            fields.payload(i, lent);
            List<Byte> body = new ArrayList<>();
            for (byte b : lent.toByteArray()) {
                body.add(b);
            }
            events.add(
                    new Event(
                            fields.stream(place),
                            fields.version(i, place),
                            fields.type(place),
                            fields.timeMillis(place),
                            headers,
                            body));
        }
    }

    private byte[] written(byte[] preamble, boolean sealed) {
        ShaChain sha = new ShaChain();
        if (sealed) {
            sha.begin(new byte[ShaChain.BYTES]);
        }
        BlockBuilder builder = new BlockBuilder(sha);
        builder.reset();
        builder.preamble().putBytes(preamble);
        for (Event event : events) {
            EventBatch batch = batch(event);
            int added =
                    builder.add(
                            new EventRun(
                                    batch,
                                    0,
                                    1,
                                    event.stream(),
                                    event.version(),
                                    event.type(),
                                    batch.headersLength(0),
                                    event.time()),
                            0);
            FuzzTarget.check(added == 1, "no room for " + event);
        }
        builder.seal(FIRST, 5, 7, 11);
        byte[] bytes = new byte[builder.length()];
        builder.copyTo(Memory.addressOf(memory));
        memory.get(0, bytes);
        return bytes;
    }

    private static EventBatch batch(Event event) {
        byte[] body = new byte[event.body().size()];
        for (int i = 0; i < body.length; i++) {
            body[i] = event.body().get(i);
        }
        return new EventBatch().add(STREAM, NewEvent.of("T", body).with(event.headers()));
    }

    /** The same with a length and checksums that fit, as far as there are places for them. */
    private static byte[] forged(byte[] input) {
        byte[] bytes = input.clone();
        if (bytes.length < BlockFormat.SHA) {
            return bytes;
        }
        ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(BlockFormat.LENGTH, bytes.length);
        int flags = bytes[BlockFormat.FLAGS];
        int header = out.getShort(BlockFormat.HEADER_LENGTH);
        if (header >= BlockFormat.checkedHeader(flags) && header <= bytes.length) {
            out.putInt(BlockFormat.BODY_CRC, bodySum(out, bytes, header, flags).orElse(0));
        }
        int end = BlockFormat.checkedHeader(flags) - BlockFormat.LENGTH;
        out.putInt(
                BlockFormat.HEADER_CRC, new Crc().update(bytes, BlockFormat.LENGTH, end).value());
        return bytes;
    }

    private static Optional<Integer> bodySum(ByteBuffer out, byte[] bytes, int header, int flags) {
        int body = bytes.length - header;
        if ((flags & BlockFormat.CHUNKED) == 0) {
            return Optional.of(new Crc().update(bytes, header, body).value());
        }
        int table = header - BlockFormat.chunkTable(body);
        if (table < BlockFormat.checkedHeader(flags)) {
            return Optional.empty();
        }
        for (int at = header, chunk = 0; at < bytes.length; at += BlockFormat.CHUNK, chunk++) {
            int length = Math.min(BlockFormat.CHUNK, bytes.length - at);
            out.putInt(table + chunk * 4, new Crc().update(bytes, at, length).value());
        }
        return Optional.of(new Crc().update(bytes, table, header - table).value());
    }
}
