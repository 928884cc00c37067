export const Logo = ({ className }: { className?: string }) => <img src="/mangoo.svg" alt="" className={className ?? 'size-7'} />;
