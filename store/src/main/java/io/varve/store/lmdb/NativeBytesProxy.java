package io.varve.store.lmdb;

import io.varve.store.bytes.Memory;
import java.util.Comparator;
import jnr.ffi.Pointer;
import org.lmdbjava.BufferProxy;

/**
 * Moves addresses and lengths between Java and LMDB's {@code MDB_val}, and nothing else.
 *
 * <p>The proxies that come with LmdbJava reach into the JDK and need flags on the command line;
 * this one needs none.
 *
 * <pre>
 *  MDB_val:  0  size_t  mv_size
 *            8  void *  mv_data
 * </pre>
 */
final class NativeBytesProxy extends BufferProxy<NativeBytes> {
    static final NativeBytesProxy PROXY = new NativeBytesProxy();

    private NativeBytesProxy() {}

    @Override
    protected NativeBytes allocate() {
        return new NativeBytes();
    }

    @Override
    protected void deallocate(NativeBytes bytes) {
        bytes.point(0, 0);
    }

    @Override
    protected byte[] getBytes(NativeBytes bytes) {
        byte[] copy = new byte[bytes.length()];
        Memory.copy(bytes.address(), copy, 0, copy.length);
        return copy;
    }

    @Override
    protected Comparator<NativeBytes> getSignedComparator() {
        return unused();
    }

    @Override
    protected Comparator<NativeBytes> getUnsignedComparator() {
        return unused();
    }

    private static Comparator<NativeBytes> unused() {
        return (a, b) -> {
            throw new IllegalStateException("Keys are compared by LMDB, never in Java");
        };
    }

    @Override
    protected Pointer in(NativeBytes bytes, Pointer value) {
        return in(bytes, bytes.length(), value);
    }

    @Override
    protected Pointer in(NativeBytes bytes, int size, Pointer value) {
        Memory.putLong(value.address(), size);
        Memory.putLong(value.address() + Long.BYTES, bytes.address());
        return null;
    }

    @Override
    protected NativeBytes out(NativeBytes bytes, Pointer value) {
        long size = Memory.getLong(value.address());
        long address = Memory.getLong(value.address() + Long.BYTES);
        return bytes.point(address, Math.toIntExact(size));
    }
}
