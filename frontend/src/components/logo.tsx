/** The same in every language. */
export const BRAND = 'Mangoo';

export const Logo = ({ className }: { className?: string }) => <img src="/mangoo.svg" alt="" className={className ?? 'size-7'} />;
