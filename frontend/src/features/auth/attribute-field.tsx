import { useTranslation } from 'react-i18next';
import { Field, Input } from '@/components/ui/field';

interface Props {
  /** As Cognito has it, such as `given_name` or `custom:team`. */
  name: string;
  value: string;
  onChange: (value: string) => void;
}

/** Those of OpenID Connect that a person is likely to be asked for; what a browser knows of them. */
const known = {
  name: { type: 'text', autoComplete: 'name' },
  given_name: { type: 'text', autoComplete: 'given-name' },
  family_name: { type: 'text', autoComplete: 'family-name' },
  nickname: { type: 'text', autoComplete: 'nickname' },
  phone_number: { type: 'tel', autoComplete: 'tel' },
  birthdate: { type: 'date', autoComplete: 'bday' },
  website: { type: 'url', autoComplete: 'url' },
} as const;

const isKnown = (name: string): name is keyof typeof known => name in known;

/** One that an administrator made up is called as they called it. */
const spelled = (name: string) => name.replace(/^custom:/, '').replaceAll('_', ' ');

/** An attribute of a user that the pool requires. */
export function AttributeField({ name, value, onChange }: Props) {
  const { t } = useTranslation('auth');
  return (
    <Field label={isKnown(name) ? t(`attribute.${name}`) : spelled(name)}>
      {(control) => <Input {...control} {...(isKnown(name) ? known[name] : {})} name={name} required maxLength={2048} value={value} onChange={(event) => { onChange(event.target.value); }} />}
    </Field>
  );
}
