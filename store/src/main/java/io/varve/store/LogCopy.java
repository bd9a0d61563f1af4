package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.LmdbCursor;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbOptions;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.LmdbWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Copies a log that is being appended to, up to the head as of the beginning: what is in a log does
 * not change, so its copy is consistent although it is read in many transactions. Each is short, so
 * no page of the log is kept from being used again, and its map may grow meanwhile. Each block is
 * checked as it is copied. One thread.
 *
 * <p>Only truncation takes something away: where it overtakes the copy, there is a {@link
 * TruncatedSignal}, and a new copy is to be begun.
 */
final class LogCopy {
    /** Bytes of one transaction, about. */
    private static final int CHUNK_BYTES = 8 << 20;

    private final Log log;
    private final long head;
    private final ProgressMeter progress;
    private final BlockView block = new BlockView();
    private LogBase base = LogBase.WHOLE;
    private ShaWalk hashes = new ShaWalk(LogBase.WHOLE, OptionalLong.empty());
    private long next;
    private long chain;

    /** Copies up to and with a position; the unit of progress is an event. */
    LogCopy(Log log, long head, ProgressMeter progress) {
        this.log = log;
        this.head = head;
        this.progress = progress;
    }

    /** Copies into a new environment, and brings it to the disk. */
    void copyTo(Path folder) {
        long room = log.environment().mapBytes();
        try (LmdbEnvironment copy =
                LmdbEnvironment.open(folder, new LmdbOptions(room, 2, false, Log.REMEDY))) {
            LmdbTable blocks = copy.longTable("blocks");
            copyRows(copy, copy.table("varve"));
            while (next <= head) {
                copyChunk(copy, blocks);
            }
            copy.sync();
        }
    }

    private void copyRows(LmdbEnvironment copy, LmdbTable rows) {
        while (true) {
            try (LmdbWriter writer = copy.writer()) {
                log.copyRows(writer, rows);
                writer.commit();
                break;
            } catch (LmdbWriter.MapFullSignal full) {
                copy.grow();
            }
        }
        try (LmdbReader reader = copy.reader()) {
            base = new BaseRows(rows).read(reader);
            hashes = new ShaWalk(base, TamperEvidence.from(reader, rows));
            checkRows(reader, rows);
        }
        next = base.firstPosition();
        chain = base.chain();
    }

    /** Damage is not copied: reads each row, of which some are not read by an open store. */
    private void checkRows(LmdbReader reader, LmdbTable rows) {
        LogTally told = new LogTally();
        new BaseRows(rows)
                .visit(
                        reader,
                        new BaseRows.Visitor() {
                            @Override
                            public void stream(int number, StreamId id, LogFold.Last last) {
                                told.addStream(number, id);
                            }

                            @Override
                            public void type(int number, String name) {
                                told.addType(number, name);
                            }

                            @Override
                            public void mark(AppendMark mark) {
                                told.mark(mark);
                            }
                        });
        new HoldRows(rows).read(reader);
        if (told.streams() != base.streamCount() || told.types().size() != base.typeCount()) {
            throw new StoreCorruptedException(
                    "rows that tell what was truncated are missing: streams="
                            + told.streams()
                            + " of "
                            + base.streamCount()
                            + " types="
                            + told.types().size()
                            + " of "
                            + base.typeCount(),
                    Log.REMEDY);
        }
    }

    private void copyChunk(LmdbEnvironment copy, LmdbTable blocks) {
        long from = next;
        long chainBefore = chain;
        ShaWalk.Mark hashesBefore = hashes.mark();
        try (LmdbReader reader = log.environment().reader();
                LmdbWriter writer = copy.writer()) {
            LmdbCursor cursor = reader.cursor(log.blocks());
            boolean more = cursor.seek(next);
            for (long bytes = 0; next <= head && bytes < CHUNK_BYTES; more = cursor.next()) {
                if (!more) {
                    throw missing(reader);
                }
                bytes += copyBlock(reader, cursor, writer, blocks);
            }
            writer.commit();
            progress.add(next - from);
        } catch (LmdbWriter.MapFullSignal full) {
            next = from;
            chain = chainBefore;
            hashes.goBackTo(hashesBefore);
            copy.grow();
        } finally {
            block.release();
        }
    }

    private int copyBlock(
            LmdbReader reader, LmdbCursor cursor, LmdbWriter writer, LmdbTable blocks) {
        BytesView bytes = block.bytes();
        long last = cursor.longKey();
        cursor.value(bytes);
        block.check(last);
        if (block.firstPosition() != next || block.previousChain() != chain) {
            throw missing(reader);
        }
        hashes.take(block)
                .ifPresent(
                        what -> {
                            throw new StoreCorruptedException(
                                    "a block of the log: " + what + ": lastPosition=" + last,
                                    Log.REMEDY);
                        });
        bytes.copyToMemory(writer.append(blocks, last, bytes.length()));
        chain = block.chain();
        next = last + 1;
        return bytes.length();
    }

    private RuntimeException missing(LmdbReader reader) {
        long first = log.baseRows().read(reader).firstPosition();
        if (first > next) {
            return new TruncatedSignal(first);
        }
        return new StoreCorruptedException(
                "a block of the log is missing or does not follow the one before: position=" + next,
                Log.REMEDY);
    }

    /** How many events were copied. */
    long events() {
        return Math.max(0, next - base.firstPosition());
    }

    /** The last position that was copied. */
    long last() {
        return next - 1;
    }

    /** The seal of the last block that was copied; empty where it has no hash. */
    Optional<Seal> seal() {
        return hashes.seal(last());
    }

    /** Hash of the last block that was copied, or 0. */
    long chain() {
        return chain;
    }
}
