pub mod cognito;
