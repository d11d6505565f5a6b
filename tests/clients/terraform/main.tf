# The lab as a user of Terraform writes it: nothing in here knows that it is a sandbox, but the addresses.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "url" {}
variable "provider_key" {}
variable "provider_secret" {}
variable "consumer_key" {}
variable "consumer_secret" {}

provider "aws" {
  region     = "ap-northeast-1"
  access_key = var.provider_key
  secret_key = var.provider_secret
  endpoints {
    ec2   = var.url
    elbv2 = var.url
    sts   = var.url
  }
}

provider "aws" {
  alias      = "consumer"
  region     = "ap-northeast-1"
  access_key = var.consumer_key
  secret_key = var.consumer_secret
  endpoints {
    ec2   = var.url
    elbv2 = var.url
    sts   = var.url
  }
}

data "aws_caller_identity" "consumer" {
  provider = aws.consumer
}

data "aws_ami" "al2023" {
  owners      = ["amazon"]
  most_recent = true
  filter {
    name   = "architecture"
    values = ["x86_64"]
  }
  filter {
    name   = "name"
    values = ["al2023-*"]
  }
}

resource "aws_vpc" "provider" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "p" }
}

resource "aws_vpc" "consumer" {
  provider             = aws.consumer
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "provider" {
  vpc_id               = aws_vpc.provider.id
  cidr_block           = "10.0.1.0/24"
  availability_zone_id = "apne1-az4"
}

resource "aws_subnet" "consumer" {
  provider             = aws.consumer
  vpc_id               = aws_vpc.consumer.id
  cidr_block           = "10.0.1.0/24"
  availability_zone_id = "apne1-az4"
}

resource "aws_route_table" "provider" {
  vpc_id = aws_vpc.provider.id
}

resource "aws_route_table_association" "provider" {
  subnet_id      = aws_subnet.provider.id
  route_table_id = aws_route_table.provider.id
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.provider.id
  service_name    = "com.amazonaws.ap-northeast-1.s3"
  route_table_ids = [aws_route_table.provider.id]
}

resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = aws_vpc.provider.id
  ingress {
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/16"]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "endpoint" {
  provider = aws.consumer
  name     = "ep"
  vpc_id   = aws_vpc.consumer.id
}

resource "aws_vpc_security_group_ingress_rule" "endpoint" {
  provider          = aws.consumer
  security_group_id = aws_security_group.endpoint.id
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
  cidr_ipv4         = "10.0.0.0/16"
}

resource "aws_instance" "web" {
  ami                    = data.aws_ami.al2023.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.provider.id
  vpc_security_group_ids = [aws_security_group.web.id]
  user_data              = <<-EOF
    #!/bin/bash
    dnf install -y nginx
    systemctl enable --now nginx
  EOF
}

resource "aws_lb" "nlb" {
  name               = "lab"
  internal           = true
  load_balancer_type = "network"
  subnets            = [aws_subnet.provider.id]
}

resource "aws_lb_target_group" "web" {
  name     = "lab"
  port     = 80
  protocol = "TCP"
  vpc_id   = aws_vpc.provider.id
}

resource "aws_lb_target_group_attachment" "web" {
  target_group_arn = aws_lb_target_group.web.arn
  target_id        = aws_instance.web.id
}

resource "aws_lb_listener" "web" {
  load_balancer_arn = aws_lb.nlb.arn
  port              = 80
  protocol          = "TCP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
}

resource "aws_vpc_endpoint_service" "web" {
  acceptance_required        = true
  network_load_balancer_arns = [aws_lb.nlb.arn]
}

resource "aws_vpc_endpoint_service_allowed_principal" "consumer" {
  vpc_endpoint_service_id = aws_vpc_endpoint_service.web.id
  principal_arn           = "arn:aws:iam::${data.aws_caller_identity.consumer.account_id}:root"
}

resource "aws_vpc_endpoint" "web" {
  provider           = aws.consumer
  vpc_id             = aws_vpc.consumer.id
  service_name       = aws_vpc_endpoint_service.web.service_name
  vpc_endpoint_type  = "Interface"
  subnet_ids         = [aws_subnet.consumer.id]
  security_group_ids = [aws_security_group.endpoint.id]
  depends_on         = [aws_vpc_endpoint_service_allowed_principal.consumer]
}

resource "aws_vpc_endpoint_connection_accepter" "consumer" {
  vpc_endpoint_service_id = aws_vpc_endpoint_service.web.id
  vpc_endpoint_id         = aws_vpc_endpoint.web.id
}
